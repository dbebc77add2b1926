import { expect, test } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { testSettings } from '../../test/support/component-settings.ts';
import { countPassing } from './processor-counts.ts';

const three = { logRecordCount: 3 } as never;
const labels = { otel_signal: 'logs', processor: 'filter' };

test('counts incoming and outgoing items by signal', () => {
  const { metrics, measured } = testSettings();
  const ends = { id: 'filter', signal: 'logs', metrics } as const;
  const seen: unknown[] = [];
  const outgoing = countPassing('outgoing', ends, (data) => void seen.push(data));
  const incoming = countPassing('incoming', ends, (_, context) => outgoing({ logRecordCount: 1 } as never, context));
  expect(measured('otelcol_processor_incoming_items', labels)).toBeUndefined();
  incoming(three, noClientContext);
  incoming(three, noClientContext);
  expect(measured('otelcol_processor_incoming_items', labels)).toBe(6);
  expect(measured('otelcol_processor_outgoing_items', labels)).toBe(2);
  expect(seen).toHaveLength(2);
});

test('counts refused items as incoming, and passes the error on', async () => {
  const { metrics, measured } = testSettings();
  const refuse = countPassing('incoming', { id: 'filter', signal: 'logs', metrics }, () =>
    Promise.reject(new Error('no')),
  );
  await expect(refuse(three, noClientContext)).rejects.toThrow('no');
  expect(measured('otelcol_processor_incoming_items', labels)).toBe(3);
});
