import {
  boolean,
  type ConfigOf,
  config,
  duration,
  enumeration,
  extensionId,
  integer,
  optionalWithDefaults,
  stringList,
  validated,
  withoutEffect,
} from '#config/schema.ts';
import { formatDuration } from '#go/duration.ts';
import { bytesPerItem, type SendingQueueOptions } from './sending-queue.ts';

const sizer = (fallback: 'requests' | 'items') =>
  enumeration({
    values: ['requests', 'items', 'bytes'],
    default: fallback,
    refusal: (text) => `invalid sizer: "${text}"`,
  });

const batchConfig = config('queuebatch.BatchConfig', {
  flush_timeout: duration('200ms').describe('Time after which an incomplete batch is sent.'),
  sizer: sizer('items').describe(
    'Unit of `min_size` and `max_size`: `items` or `bytes`. By default, the `sizer` of the queue, if it is set.',
  ),
  min_size: integer(8192).describe('Size at which a batch is sent.'),
  max_size: integer(0).describe('Maximum size of a batch. `0` disables the limit.'),
  partition: validated(
    config('queuebatch.PartitionConfig', {
      metadata_keys: stringList().describe(
        'Client metadata: requests are joined only if these keys have the same values.',
      ),
      cache_size: withoutEffect(integer(10_000), 'a partition exists only while it has data, which the queue limits'),
      idle_timeout: withoutEffect(duration('90s'), 'a partition exists only while it has data'),
    }),
    partitionProblem,
  ),
});

function partitionProblem(partition: {
  readonly metadataKeys: readonly string[];
  readonly cacheSize: number;
  readonly idleTimeout: number;
}): string | undefined {
  const { metadataKeys, cacheSize, idleTimeout } = partition;
  if (idleTimeout <= 0) return `\`idle_timeout\` must be positive, found ${formatDuration(idleTimeout)}`;
  const keys = metadataKeys.map((key) => key.toLowerCase());
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) return `duplicate entry in metadata_keys: ${JSON.stringify(twice)} (case-insensitive)`;
  return cacheSize <= 0 ? `\`cache_size\` must be positive, found ${cacheSize}` : undefined;
}

function batchProblem(batch: ConfigOf<typeof batchConfig>): string | undefined {
  const { flushTimeout, minSize, maxSize } = batch;
  if (batch.sizer === 'requests') return '`batch` supports only `items` or `bytes` sizer, found "requests"';
  if (flushTimeout <= 0) return `\`flush_timeout\` must be positive, found ${flushTimeout * 1e6}`;
  if (minSize < 0) return `\`min_size\` must be non-negative, found ${minSize}`;
  if (maxSize < 0) return `\`max_size\` must be non-negative, found ${maxSize}`;
  if (maxSize > 0 && maxSize < minSize) {
    return `\`max_size\` (${maxSize}) must be greater or equal to \`min_size\` (${minSize})`;
  }
  return undefined;
}

/** `sending_queue`, see docs/reference/collector-behaviour.md#exporter-helper. */
export const sendingQueueConfig = validated(
  config('queuebatch.Config', {
    num_consumers: integer(10).describe('Maximum number of requests that are sent at the same time.'),
    queue_size: integer(1000).describe('Maximum size of the queue, in the unit of `sizer`.'),
    sizer: sizer('requests').describe(
      'Unit of `queue_size`: `requests`, `items` (points, spans, or log records), or `bytes` (estimated from the items).',
    ),
    wait_for_result: boolean(false).describe('Whether clients are answered only after their data is sent.'),
    block_on_overflow: boolean(false).describe(
      'Whether clients wait for space. Otherwise, they receive a retryable error.',
    ),
    storage: extensionId().describe(
      'ID of a storage extension. If set, requests are on disk before clients are answered, and survive a restart or a crash.',
    ),
    batch: optionalWithDefaults(batchConfig).describe('Joins queued requests. By default, each is sent as it arrived.'),
  }),
  (queue) => {
    if (queue.numConsumers <= 0) return '`num_consumers` must be positive';
    if (queue.queueSize <= 0) return '`queue_size` must be positive';
    if (queue.storage !== '' && queue.waitForResult) {
      return '`wait_for_result` is not supported with a persistent queue configured with `storage`';
    }
    if (queue.batch === undefined) return undefined;
    if (queue.batch.sizer === queue.sizer && queue.batch.minSize > queue.queueSize) {
      return '`min_size` must be less than or equal to `queue_size`';
    }
    const problem = batchProblem(queue.batch);
    return problem === undefined ? undefined : `batch: ${problem}`;
  },
);

export type SendingQueueConfig = ConfigOf<typeof sendingQueueConfig>;

/** Returns the options of the queue, with sizes of batches in items. */
export function queueOptions({ batch, ...queue }: SendingQueueConfig): SendingQueueOptions {
  if (batch === undefined) return queue;
  const itemsOf = (size: number) => (batch.sizer === 'bytes' ? Math.ceil(size / bytesPerItem) : size);
  return {
    ...queue,
    batch: {
      flushTimeout: batch.flushTimeout,
      minItems: itemsOf(batch.minSize),
      maxItems: itemsOf(batch.maxSize),
      metadataKeys: batch.partition.metadataKeys,
    },
  };
}
