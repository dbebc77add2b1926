import { expect, test } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { testSettings } from '../../test/support/component-settings.ts';
import { countSent } from './count-sent.ts';
import type { Send } from './send.ts';

const attempt = { client: noClientContext, signal: new AbortController().signal };
const refusal = new Error('no');

/** Exports two requests of 3 points or 5 spans through a consumer. Returns the counts of sent and failed items. */
async function counted(consume: Send<never>, signal: 'metrics' | 'traces' = 'metrics') {
  const settings = testSettings('prometheus/a');
  const exporter = countSent(signal as 'metrics', settings, consume as Send<unknown>);
  const data = { dataPointCount: 3, spanCount: 5 } as never;
  for (let request = 0; request < 2; request++) {
    await Promise.resolve()
      .then(() => exporter(data as never, attempt))
      .catch((error) => expect(error).toBe(refusal));
  }
  const measured = (outcome: string) =>
    settings.measured(`otelcol_exporter_${outcome}_${signal === 'metrics' ? 'metric_points' : 'spans'}`, {
      exporter: 'prometheus/a',
    });
  return { sent: measured('sent'), failed: measured('send_failed') };
}

test('counts accepted items as sent, immediately or later', async () => {
  expect(await counted(() => undefined)).toEqual({ sent: 6, failed: undefined });
  expect(await counted(() => Promise.resolve())).toEqual({ sent: 6, failed: undefined });
});

test('counts refused items as failed, and passes the error on', async () => {
  const refuse: Send<never> = () => {
    throw refusal;
  };
  expect(await counted(refuse)).toEqual({ sent: undefined, failed: 6 });
  expect(await counted(() => Promise.reject(refusal))).toEqual({ sent: undefined, failed: 6 });
});

test('other signals count their own items', async () => {
  expect(await counted(() => undefined, 'traces')).toEqual({ sent: 10, failed: undefined });
});

test('what is not decided yet is in flight', async () => {
  const settings = testSettings('debug');
  let finish!: () => void;
  const exporter = countSent('metrics', settings, () => new Promise<void>((resolve) => (finish = resolve)));
  const inFlight = () =>
    settings.measured('otelcol_exporter_in_flight_requests', { data_type: 'metrics', exporter: 'debug' });
  const request = exporter({ dataPointCount: 1 } as never, attempt);
  expect(inFlight()).toBe(1);
  finish();
  await request;
  expect(inFlight()).toBe(0);
});
