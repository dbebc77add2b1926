import {
  boolean,
  config,
  duration,
  enumeration,
  extensionId,
  integer,
  optionalWithDefaults,
  stringList,
  validated,
} from '#config/schema.ts';

const notNeeded = 'Accepted without effect: requests are applied immediately.';

const sizer = (fallback: 'requests' | 'items') =>
  enumeration({
    values: ['requests', 'items', 'bytes'],
    default: fallback,
    refusal: (text) => `invalid sizer: "${text}"`,
  });

/** `sending_queue`, accepted without effect: requests are applied immediately. */
export const sendingQueueConfig = validated(
  config('queuebatch.Config', {
    num_consumers: integer(10).describe(notNeeded),
    queue_size: integer(1000).describe(notNeeded),
    sizer: sizer('requests').describe(notNeeded),
    wait_for_result: boolean(false).describe(notNeeded),
    block_on_overflow: boolean(false).describe(notNeeded),
    storage: extensionId().describe(notNeeded),
    batch: optionalWithDefaults(
      config('queuebatch.BatchConfig', {
        flush_timeout: duration('200ms').describe(notNeeded),
        sizer: sizer('items').describe(notNeeded),
        min_size: integer(8192).describe(notNeeded),
        max_size: integer(0).describe(notNeeded),
        partition: config('queuebatch.PartitionConfig', {
          metadata_keys: stringList().describe(notNeeded),
        }).describe(notNeeded),
      }),
    ).describe(notNeeded),
  }),
  (queue) => {
    if (queue.numConsumers <= 0) return '`num_consumers` must be positive';
    if (queue.queueSize <= 0) return '`queue_size` must be positive';
    if (queue.storage !== '' && queue.waitForResult) {
      return '`wait_for_result` is not supported with a persistent queue configured with `storage`';
    }
    return undefined;
  },
);
