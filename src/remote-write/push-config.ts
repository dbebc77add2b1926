import { boolean, config, duration, integer, nullable, string, stringMap, validated } from '#config/schema.ts';
import { retryConfig } from '#exporterhelper/retry-config.ts';
import { httpClientShape } from '#http-client/config.ts';
import { protobufMessageProblem, protobufMessages } from './protobuf-message.ts';
import { walConfig } from './wal/wal-config.ts';

/** Settings of an exporter that pushes totals at an interval. */
export const pushShape = {
  send_native_histograms: boolean(true).describe(
    'Whether pushes contain native histograms, in addition to their classic buckets. Disable it for receivers that refuse them.',
  ),
  max_pending_bytes: integer(67_108_864).describe(
    'Maximum size of the requests that wait in memory while the receiver fails. Above it, the oldest push is discarded.',
  ),
};

/** `remote_write` of the prometheus exporter. */
export const remoteWriteSection = nullable(
  validated(
    config('prometheusexporter.RemoteWriteConfig', {
      ...httpClientShape({ timeout: '30s' }),
      push_interval: duration('60s').describe('Interval between two pushes.'),
      external_labels: stringMap().describe('Labels of every pushed series that has no label of the same name.'),
      protobuf_message: string(protobufMessages[0]!).describe(
        'Version of the protocol: `prometheus.WriteRequest` is Remote Write 1.0, `io.prometheus.write.v2.Request` is 2.0.',
      ),
      send_metadata: boolean(true).describe('Sends type and help of each metric with Remote Write 1.0.'),
      max_batch_size_bytes: integer(1_000_000).describe('Maximum size of a request before compression in bytes.'),
      retry_on_failure: retryConfig({ initialInterval: '50ms' }).describe(
        'Delays between attempts. `max_elapsed_time` has no effect: a request is repeated until it is sent, rejected, or discarded.',
      ),
      wal: walConfig.describe('Write-ahead log: pushes stay on disk until they are sent. Disabled if absent.'),
      ...pushShape,
    }),
    (section) => {
      if (section.endpoint === '') return '`remote_write` must have an `endpoint`';
      if (section.pushInterval < 1_000) return '`push_interval` must be at least 1s';
      if (section.maxBatchSizeBytes <= 0) return '`max_batch_size_bytes` must be positive';
      if (section.maxPendingBytes <= 0) return '`max_pending_bytes` must be positive';
      if (section.compression !== '' && section.compression !== 'snappy') return 'compression type must be snappy';
      return protobufMessageProblem(section.protobufMessage);
    },
  ),
);
