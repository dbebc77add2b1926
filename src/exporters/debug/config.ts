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

/** The default, compared by reference: an empty list in the configuration is an error. */
const unset: readonly string[] = [];

/** See docs/reference/collector-behaviour.md#debug-exporter-settings. */
export const debugConfig = validated(
  config('debugexporter.Config', {
    verbosity: enumeration({
      values: ['none', 'basic', 'normal', 'detailed'],
      default: 'basic',
      ignoreCase: true,
      refusal: (text) => `unknown metrics level "${text}"`,
      numbered: { goType: 'configtelemetry.Level', first: -1 },
    }).describe(
      'Amount of detail: `basic` (counts only), `normal` (one line for each point, span, or record), or `detailed`.',
    ),
    sampling_initial: integer(2).describe('Number of entries with the same text that are written in each second.'),
    sampling_thereafter: integer(1).describe(
      'After `sampling_initial`, each n-th entry with the same text is written. `0` writes none.',
    ),
    use_internal_logger: boolean(true).describe(
      'Whether entries go to the log of the process. If `false`, they go to `output_paths`.',
    ),
    output_paths: stringList(unset).describe(
      'Outputs: `stdout`, `stderr`, or file paths. Only with `use_internal_logger: false`.',
    ),
    sending_queue: optionalWithDefaults(sendingQueueConfig).describe(
      'Queue in front of the output. By default, entries are written while the request is received.',
    ),
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
