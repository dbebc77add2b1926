import {
  boolean,
  type ConfigOf,
  config,
  duration,
  enumeration,
  integer,
  optionalWithDefaults,
  string,
  stringList,
  validated,
} from '#config/schema.ts';

const oneByOne = 'accepted; requests are printed one by one, as they came';

const sizer = (fallback: 'requests' | 'items') =>
  enumeration({
    values: ['requests', 'items', 'bytes'],
    default: fallback,
    refusal: (text) => `invalid sizer: "${text}"`,
  });

const batchConfig = config('queuebatch.BatchConfig', {
  flush_timeout: duration('200ms').describe(oneByOne),
  sizer: sizer('items').describe(oneByOne),
  min_size: integer(8192).describe(oneByOne),
  max_size: integer(0).describe(oneByOne),
  partition: config('queuebatch.PartitionConfig', {
    metadata_keys: stringList().describe(oneByOne),
  }).describe(oneByOne),
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

/** `sending_queue`; behaviour.md §5.15. Its own entries decide what happens to requests while the exporter is busy. */
export const sendingQueueConfig = validated(
  config('queuebatch.Config', {
    num_consumers: integer(10).describe(
      'accepted; the text is written by one consumer, so that requests keep their order',
    ),
    queue_size: integer(1000).describe('how much waits at most, measured by `sizer`'),
    sizer: sizer('requests').describe(
      '`requests`, `items` (points, spans, records) or `bytes` (an estimate from the items)',
    ),
    wait_for_result: boolean(false).describe('senders get their answer only when their data was printed'),
    block_on_overflow: boolean(false).describe(
      'senders wait for room; otherwise they are refused with a retryable error',
    ),
    storage: string('').describe('accepted; the queue is kept in memory'),
    batch: optionalWithDefaults(batchConfig).describe(oneByOne),
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
