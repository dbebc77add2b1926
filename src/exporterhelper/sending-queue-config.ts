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

const sizer = (fallback: 'requests' | 'items') =>
  enumeration({
    values: ['requests', 'items', 'bytes'],
    default: fallback,
    refusal: (text) => `invalid sizer: "${text}"`,
  });

const batchConfig = config('queuebatch.BatchConfig', {
  flush_timeout: duration('200ms'),
  sizer: sizer('items'),
  min_size: integer(8192),
  max_size: integer(0),
  partition: config('queuebatch.PartitionConfig', {
    metadata_keys: stringList(),
    cache_size: integer(10_000),
    idle_timeout: duration('90s'),
  }),
});

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
    num_consumers: withoutEffect(integer(10), 'one consumer sends the requests, so that they keep their order'),
    queue_size: integer(1000).describe('Maximum size of the queue, in the unit of `sizer`.'),
    sizer: sizer('requests').describe(
      'Unit of `queue_size`: `requests`, `items` (points, spans, or log records), or `bytes` (estimated from the items).',
    ),
    wait_for_result: boolean(false).describe('Whether clients are answered only after their data is sent.'),
    block_on_overflow: boolean(false).describe(
      'Whether clients wait for space. Otherwise, they receive a retryable error.',
    ),
    storage: withoutEffect(extensionId(), 'the queue is in memory'),
    batch: withoutEffect(optionalWithDefaults(batchConfig), 'requests are sent one at a time, in order'),
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
