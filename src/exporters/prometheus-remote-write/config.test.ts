import { expect, it } from 'vitest';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { remoteWriteConfig } from './config.ts';

function problems(settings: object): string[] {
  const parsed = parseConfig(remoteWriteConfig, settings);
  if (!parsed.ok) return [JSON.stringify(parsed.failure)];
  return validateConfig(remoteWriteConfig, parsed.value).map(({ message }) => message);
}

it('has the defaults of the Collector', () => {
  const parsed = parseConfig(remoteWriteConfig, { endpoint: 'http://localhost/write' });
  expect(parsed.ok && parsed.value).toMatchObject({
    timeout: 5_000,
    retryOnFailure: { enabled: true, initialInterval: 50, maxInterval: 30_000, maxElapsedTime: 300_000 },
    remoteWriteQueue: { enabled: true, queueSize: 10_000, numConsumers: 5 },
    maxBatchSizeBytes: 3_000_000,
    targetInfo: { enabled: true },
    addMetricSuffixes: true,
    sendMetadata: false,
    protobufMessage: 'prometheus.WriteRequest',
    wal: undefined,
    http: undefined,
  });
});

it('accepts Remote Write 2.0 without a feature gate', () => {
  const settings = { protobuf_message: 'io.prometheus.write.v2.Request', translation_strategy: 'NoTranslation' };
  expect(problems(settings)).toEqual([]);
});

it.each([
  [
    { protobuf_message: 'foo' },
    'unknown type for remote write protobuf message foo, supported: prometheus.WriteRequest, io.prometheus.write.v2.Request',
  ],
  [
    { translation_strategy: 'NoTranslation' },
    'translation strategy NoTranslation requires Prometheus Remote Write 2.0 (UTF-8 support)',
  ],
  [{ translation_strategy: 'x' }, 'invalid translation_strategy: x'],
  [{ compression: 'gzip' }, 'compression type must be snappy'],
  [{ http: { endpoint: 'http://a', compression: 'zstd' } }, 'compression type must be snappy'],
  [{ max_batch_size_bytes: -1 }, 'max_batch_size_bytes must be greater than 0'],
  [{ max_batch_request_parallelism: 0 }, "max_batch_request_parallelism can't be set to below 1"],
  [{ convert_explicit_histograms_to_nhcb: true, push_interval: '10s' }, 'cannot be used with push_interval'],
  [{ remote_write_queue: { queue_size: 0 } }, 'a 0 size queue will drop all the data'],
  [{ remote_write_queue: { queue_size: -1 } }, "remote write queue size can't be negative"],
  [{ remote_write_queue: { num_consumers: -1 } }, "remote write consumer number can't be negative"],
  [
    { include_metadata_keys: ['content-Type'] },
    'include_metadata_keys entry "content-Type" collides with a reserved remote write header',
  ],
  [{ wal: { directory: '/tmp', max_size_bytes: 0 } }, '`max_size_bytes` must be positive'],
  [
    { resource_to_telemetry_conversion: { enabled: true }, resource_constant_labels: { included: ['a'] } },
    'cannot configure both resource_to_telemetry_conversion and resource_constant_labels; resource_to_telemetry_conversion is deprecated',
  ],
])('refuses %j', (settings, message) => {
  expect(problems(settings)).toEqual([message]);
});
