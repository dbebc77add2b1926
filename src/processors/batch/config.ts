import { type ConfigOf, config, duration, integer, stringList, validated } from '#config/schema.ts';

/** Configuration of the batch processor (docs/reference/collector-behaviour.md#batch-processor). */
export const batchConfig = validated(
  config('batchprocessor.Config', {
    timeout: duration('200ms').describe(
      'Time after which the collected items are sent. `0` sends every request immediately.',
    ),
    send_batch_size: integer(8192, { goType: 'uint32' }).describe(
      'Number of points, spans, or log records that triggers sending. `0` sends every request immediately.',
    ),
    send_batch_max_size: integer(0, { goType: 'uint32' }).describe(
      'Maximum size of a batch. Larger batches are split. `0` disables the limit.',
    ),
    metadata_keys: stringList().describe('Request headers. Requests with different values are batched separately.'),
    metadata_cardinality_limit: integer(1000, { goType: 'uint32' }).describe(
      'Maximum number of combinations of values. Data with further combinations is refused with a permanent error. `0` disables the limit.',
    ),
  }),
  ({ timeout, sendBatchSize, sendBatchMaxSize, metadataKeys }) => {
    if (sendBatchMaxSize > 0 && sendBatchMaxSize < sendBatchSize) {
      return 'send_batch_max_size must be greater or equal to send_batch_size';
    }
    const seen = new Set<string>();
    for (const key of metadataKeys.map((key) => key.toLowerCase())) {
      if (seen.has(key)) return `duplicate entry in metadata_keys: "${key}" (case-insensitive)`;
      seen.add(key);
    }
    return timeout < 0 ? 'timeout must be greater or equal to 0' : undefined;
  },
);

/** Times in milliseconds. */
export type BatchConfig = ConfigOf<typeof batchConfig>;
