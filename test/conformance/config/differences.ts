import { buildInfoFor } from '#build-info.ts';
import { builtinConfig } from '#cli/builtin-config.ts';
import { interpret } from '#cli/commands.ts';
import { stateDirectory } from '#cli/state-directory.ts';
import type { Answer } from './put-to.ts';

const printed = await interpret({
  args: ['print-config', `--config=yaml:${builtinConfig(stateDirectory({ environment: {} }))}`],
  build: buildInfoFor('otelcol-contrib'),
  environment: {},
});
const builtin = 'print' in printed ? printed.print : '';

/** Cases in which pitot keeps the answer of 0.155, by name, with the reason. */
export const keepsOlder: ReadonlyMap<string, string> = new Map([
  ['otlp http keep_alives a text', 'pitot accepts the flat keys of older releases'],
  ['otlp http keep_alives yes', 'pitot accepts the flat keys of older releases'],
  ['otlp http timeouts', 'pitot accepts the flat keys of older releases'],
]);

/** Answers of pitot that differ from the Collector's, by case, with the reason. The suite fails if a difference no longer occurs. */
export const differences: Readonly<Record<string, Partial<Answer> & { readonly why: string }>> = {
  'run without config': {
    why: 'pitot uses the built-in configuration',
    exitCode: 0,
    stderr: '',
  },
  'two dashes': { why: 'pitot uses the built-in configuration', exitCode: 0, stderr: '' },
  'print-config without config': {
    why: 'pitot prints the built-in configuration',
    exitCode: 0,
    stderr: '',
    stdout: builtin,
  },
  'bearertokenauth file': {
    why: 'validate reads the files that the start reads',
    exitCode: 1,
    stderr: 'Error: failed to start extensions: open /nonexistent/token: no such file or directory\n',
  },
  'filter broken condition': {
    why: 'the parser of pitot has other messages',
    stderr: `Error: processors::filter: unable to parse OTTL condition "attributes[\\"a\\"] ==": 1:19: unexpected end (expected a value)\n`,
  },
  'logging exporter': {
    why: 'released charts use the logging exporter; it is another name of the debug exporter',
    exitCode: 0,
    stderr: '',
  },
  'logs encoding unknown': {
    why: 'validate reports what startup reports',
    exitCode: 1,
    stderr: 'Error: failed to create logger: no encoder registered for name "xml"\n',
  },
  'otlp http endpoint with a scheme': {
    why: 'validate reports what startup reports',
    exitCode: 1,
    stderr:
      'Error: cannot start pipelines: failed to start "otlp" receiver: listen tcp: address http://127.0.0.1:4318: too many colons in address\n',
  },
  'otlp auth unknown extension': {
    why: 'validate reports what startup reports',
    exitCode: 1,
    stderr:
      'Error: cannot start pipelines: failed to start "otlp" receiver: failed to resolve authenticator "nope": authenticator not found\n',
  },
  'id trimmed': {
    why: 'the Collector ignores the settings of a component with surrounding blanks in its ID; pitot uses them',
    exitCode: 0,
    stderr: '',
  },
};
