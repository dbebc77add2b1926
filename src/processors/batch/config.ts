import { type ConfigOf, config, duration, integer, stringList, validated } from '#config/schema.ts';

/** Configuration of the batch processor (docs/reference/collector-behaviour.md#batch-processor). */
export const batchConfig = validated(
  config('batchprocessor.Config', {
    timeout: duration('200ms').describe('time after which what has gathered is sent; 0: at once'),
    send_batch_size: integer(8192, { goType: 'uint32' }).describe(
      'points, spans or records that are sent without waiting; 0: at once',
    ),
    send_batch_max_size: integer(0, { goType: 'uint32' }).describe('largest batch; larger ones are split. 0: no limit'),
    metadata_keys: stringList().describe('one batch for each combination of values of these request headers'),
    metadata_cardinality_limit: integer(1000, { goType: 'uint32' }).describe(
      'combinations at most; data with further ones is refused for good. 0: no limit',
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

export type BatchConfig = ConfigOf<typeof batchConfig>;
