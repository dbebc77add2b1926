import {
  boolean,
  type ConfigOf,
  config,
  enumeration,
  integer,
  optionalWithDefaults,
  stringList,
  validated,
} from '#config/schema.ts';
import { sendingQueueConfig } from '#exporterhelper/sending-queue-config.ts';

/** Told apart by reference: an empty list that was written is an error. */
const unset: readonly string[] = [];

/** behaviour.md §3.1 */
export const debugConfig = validated(
  config('debugexporter.Config', {
    verbosity: enumeration({
      values: ['none', 'basic', 'normal', 'detailed'],
      default: 'basic',
      ignoreCase: true,
      refusal: (text) => `unknown metrics level "${text}"`,
      numbered: { goType: 'configtelemetry.Level', first: -1 },
    }).describe(
      'how much is shown: `basic` (counts only), `normal` (a line for each point, span or record), `detailed`',
    ),
    sampling_initial: integer(2).describe('entries with the same text that are written in each second'),
    sampling_thereafter: integer(1).describe('of further entries with the same text, each n-th is written; 0: none'),
    use_internal_logger: boolean(true).describe('write through the log of the process; false: to `output_paths`'),
    output_paths: stringList(unset).describe('`stdout`, `stderr` or files; only with `use_internal_logger: false`'),
    sending_queue: optionalWithDefaults(sendingQueueConfig).describe('print from a queue instead of while receiving'),
  }),
  ({ verbosity, useInternalLogger, outputPaths }) => {
    if (verbosity === 'none') return 'verbosity level "None" is not supported';
    if (useInternalLogger && outputPaths !== unset) {
      return 'output_paths is not supported when use_internal_logger is true';
    }
    if (!useInternalLogger && outputPaths !== unset && outputPaths.length === 0) {
      return 'output_paths must not be empty when use_internal_logger is false';
    }
    return undefined;
  },
);

export type DebugConfig = ConfigOf<typeof debugConfig>;
