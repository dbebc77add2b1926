import { buildInfoFor } from '#build-info.ts';
import { builtinConfig } from '#cli/builtin-config.ts';
import { interpret } from '#cli/commands.ts';
import type { Answer } from './put-to.ts';

const printed = await interpret({
  args: ['print-config', `--config=yaml:${builtinConfig}`],
  build: buildInfoFor('otelcol-contrib'),
  environment: {},
});
const builtin = 'print' in printed ? printed.print : '';

/** Cases in which pitot keeps the answer of 0.155, by name, and why. */
export const keepsOlder: ReadonlyMap<string, string> = new Map([
  ['otlp http keep_alives a text', 'pitot accepts the flat keys of older releases'],
  ['otlp http keep_alives yes', 'pitot accepts the flat keys of older releases'],
  ['otlp http timeouts', 'pitot accepts the flat keys of older releases'],
]);

/** What we answer otherwise than the collector, by case, and why. The suite fails when a difference is none any more. */
export const differences: Readonly<Record<string, Partial<Answer> & { readonly why: string }>> = {
  'run without config': {
    why: 'the configuration that is built in runs (accumulation.md)',
    exitCode: 0,
    stderr: '',
  },
  'two dashes': { why: 'the same', exitCode: 0, stderr: '' },
  'print-config without config': { why: 'the same: it is printed', exitCode: 0, stderr: '', stdout: builtin },
  'filter broken condition': {
    why: 'our parser has its own words, and the condition is read when the processor is built',
    stderr: `Error: failed to build pipelines: failed to create "filter" processor, in pipeline "metrics": unable to parse OTTL condition "attributes[\\"a\\"] ==": 1:19: unexpected end (expected a value)\n`,
  },
  'transform unknown context': {
    why: 'the same words, when the statements are looked at',
    stderr: 'Error: processors::transform: unknown context point\n',
  },
  'healthcheckv2 without protocols': {
    why: 'it is health_check under another name (kubernetes.md §1.2)',
    stderr: 'Error: extensions::healthcheckv2::config: must specify at least one protocol\n',
  },
  'file_storage missing directory': {
    why: 'the directory is created at the start unless create_directory is false; validating touches no disk',
    exitCode: 0,
    stderr: '',
  },
  'logging exporter': {
    why: 'charts that people still have name it (kubernetes.md §1.3): it is the debug exporter',
    exitCode: 0,
    stderr: '',
  },
  'id trimmed': {
    why: 'the collector forgets the settings of a component whose id it had to trim; we take them',
    exitCode: 0,
    stderr: '',
  },
};
