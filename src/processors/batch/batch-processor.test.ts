import { expect, test } from 'vitest';
import { type ClientContext, type Consumer, noClientContext } from '#component/consumer.ts';
import { PermanentError } from '#component/errors.ts';
import { parseConfig } from '#config/schema.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { batchConfig } from './config.ts';
import { batchProcessorFactory } from './factory.ts';

const host = { extension: () => undefined, fatal: () => {} };

function processor(raw: object, next: Consumer<Metrics>['consume'] = () => undefined) {
  const config = parseConfig(batchConfig, raw);
  if (!config.ok) throw new Error(config.failure.message);
  const settings = testSettings('batch');
  return { settings, batch: batchProcessorFactory.create.metrics!(config.value, settings, { consume: next }) };
}

const points = (dataPointCount: number): Metrics => ({ resourceMetrics: [], dataPointCount });

function client(tenant: string): ClientContext {
  return {
    ...noClientContext,
    address: '10.0.0.1',
    metadata: new Map([
      ['x-tenant', [tenant]],
      ['other', ['1']],
    ]),
  };
}

test('one batch for each value of the metadata keys, and only these go along', async () => {
  const contexts: ClientContext[] = [];
  const { batch, settings } = processor({ metadata_keys: ['X-Tenant'], timeout: 0 }, (_, context) => {
    contexts.push(context);
    return undefined;
  });
  await batch.start(host);
  for (const tenant of ['a', 'b', 'a']) batch.consume(points(1), client(tenant));
  expect(contexts.map(({ metadata, address }) => [[...metadata], address])).toEqual([
    [[['x-tenant', ['a']]], ''],
    [[['x-tenant', ['b']]], ''],
    [[['x-tenant', ['a']]], ''],
  ]);
  expect(settings.measured('otelcol_processor_batch_metadata_cardinality', { processor: 'batch' })).toBe(2);
});

test('combinations beyond the limit are refused for good', async () => {
  const { batch } = processor({ metadata_keys: ['x-tenant'], metadata_cardinality_limit: 1 });
  await batch.start(host);
  expect(batch.consume(points(1), client('a'))).toBeUndefined();
  const refused = batch.consume(points(1), client('b'));
  await expect(refused).rejects.toThrow('too many batcher metadata-value combinations');
  await expect(refused).rejects.toBeInstanceOf(PermanentError);
  await batch.shutdown(new AbortController().signal);
});

test('passes on no client metadata without metadata keys', async () => {
  const contexts: ClientContext[] = [];
  const { batch } = processor({ timeout: 0 }, (_, context) => {
    contexts.push(context);
    return undefined;
  });
  await batch.start(host);
  batch.consume(points(1), client('a'));
  expect(contexts).toEqual([noClientContext]);
});

test('a refused batch is logged and counted; its client has already received a response', async () => {
  const { batch, settings } = processor({ timeout: 0 }, () => Promise.reject(new Error('no room')));
  await batch.start(host);
  expect(batch.consume(points(5), noClientContext)).toBeUndefined();
  await batch.shutdown(new AbortController().signal);
  expect(settings.logged).toEqual(['warn Sender failed {"error":"no room"}']);
  expect(settings.measured('pitot_processor_batch_dropped_items_total', { processor: 'batch' })).toBe(5);
});

test('counts why batches were sent', async () => {
  const { batch, settings } = processor({ send_batch_size: 2 });
  await batch.start(host);
  batch.consume(points(2), noClientContext);
  batch.consume(points(1), noClientContext);
  await batch.shutdown(new AbortController().signal);
  expect(settings.measured('otelcol_processor_batch_batch_size_trigger_send', { processor: 'batch' })).toBe(1);
  expect(settings.measured('otelcol_processor_batch_timeout_trigger_send', { processor: 'batch' })).toBe(1);
});

test('shutdown ends by its deadline when downstream never answers', async () => {
  const { batch } = processor({ timeout: 0 }, () => new Promise(() => {}));
  await batch.start(host);
  batch.consume(points(1), noClientContext);
  const deadline = new AbortController();
  const end = batch.shutdown(deadline.signal);
  deadline.abort();
  await end;
});
