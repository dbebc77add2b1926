import { readFileSync } from 'node:fs';
import { fileReason } from '#client/file-reason.ts';
import { networkReason, requestHttp } from '#client/http-request.ts';
import type { CompareOptions, Difference } from '#prometheus/exposition/compare-families.ts';
import type { TextFamily } from '#prometheus/exposition/parse-text.ts';
import { requestFlags, requestOptions } from './client-flags.ts';
import type { Command } from './command.ts';
import { configurationFlags } from './flags.ts';
import { lastValue, UsageError } from './parse-arguments.ts';

const maxBytes = 512 * 1024 * 1024;
const defaultLimit = 100;

const tolerance = (text: string): number => {
  const value = Number(text);
  if (!(value >= 0 && value < 1)) throw new Error('must be a number from 0 to below 1, such as 0.01');
  return value;
};
const limitOf = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error('must be a whole number; 0 removes the limit');
  return value;
};

/**
 * Reads a scrape response from a file or a URL.
 * @throws Error that names the source
 */
async function read(source: string, options: ReturnType<typeof requestOptions>): Promise<TextFamily[]> {
  const text = /^https?:\/\//.test(source) ? await download(source, options) : readFile(source);
  const { parseTextFormat } = await import('#prometheus/exposition/parse-text.ts');
  try {
    return parseTextFormat(text);
  } catch (error) {
    throw new Error(`${source}: ${(error as Error).message}`);
  }
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`open ${path}: ${fileReason(error)}`);
  }
}

async function download(text: string, options: ReturnType<typeof requestOptions>): Promise<string> {
  const url = new URL(text);
  const { headers, timeoutMs } = options;
  const accept = { accept: 'text/plain;version=0.0.4', ...headers };
  const answer = await requestHttp(url, { headers: accept, timeoutMs, maxBytes }).catch((error: unknown) => {
    throw new Error(`GET ${shown(url)}: ${networkReason(error)}`);
  });
  const hint = answer.status === 401 ? '; use http://name:password@host in the URL, or --header' : '';
  if (answer.status !== 200) throw new Error(`GET ${shown(url)}: status ${answer.status}${hint}`);
  return answer.body.toString();
}

/** Without credentials. */
const shown = ({ origin, pathname }: URL) => `${origin}${pathname}`;

function lineOf({ kind, subject, a, b }: Difference): string {
  if (a === undefined) return `+ ${subject}  ${b}`;
  if (b === undefined) return `- ${subject}  ${a}`;
  return kind === 'value'
    ? `~ ${subject}  ${a} → ${b}`
    : `~ ${subject}  ${kind} ${JSON.stringify(a)} → ${JSON.stringify(b)}`;
}

function report(differences: readonly Difference[], limit: number): string {
  const listed = limit === 0 ? differences : differences.slice(0, limit);
  const counts = new Map<string, number>();
  for (const { kind } of differences) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const summary = [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
  const rest = differences.length - listed.length;
  return [
    ...listed.map(lineOf),
    ...(rest > 0 ? [`… ${rest} more; --limit=0 lists all`] : []),
    differences.length === 0 ? 'No differences.' : `${differences.length} differences: ${summary}.`,
    '',
  ].join('\n');
}

export const diffCommand: Command = {
  name: 'diff',
  about: 'Compares two /metrics outputs by meaning',
  longAbout: `Compares two /metrics outputs by meaning: families, types, help, series, and values. A source is a file or a URL.

Lines begin with - if something is only in the first source, with + if it is only in the second, and with ~ if it differs.

With --collector, the operand is a recording: it is sent to otelcol-contrib and to pitot with the same configuration, and the command lists
the metrics that would change in dashboards. The configuration is that of --config, or the built-in one. Both run on private ports.

Examples:
  pitot diff http://collector:8889/metrics http://pitot:8889/metrics
  pitot diff before.txt after.txt --tolerance=0.01 --ignore-labels=instance,otel_scope_version
  pitot diff --collector ./recording --config=config.yaml`,
  exitStatus: '0 without differences, 1 with differences, 2 if a source cannot be read',
  errorStatus: 2,
  operands: { name: '<source> <source>', min: 1, max: 2 },
  flags: [
    { name: 'binary', value: 'path', help: 'The Collector (default: otelcol-contrib in PATH)' },
    { name: 'collector', help: 'Send a recording to the Collector and to pitot, and compare them' },
    ...configurationFlags,
    ...requestFlags,
    {
      name: 'ignore-labels',
      value: 'labels',
      help: 'Labels to remove first, separated by commas; series that become equal are added up',
    },
    {
      name: 'limit',
      value: 'number',
      help: `Maximum number of listed differences; 0 lists all (default ${defaultLimit})`,
      check: limitOf,
    },
    {
      name: 'tolerance',
      value: 'ratio',
      help: 'Relative difference up to which values are equal (default 0)',
      check: tolerance,
    },
  ],
  execute: async (parsed, line, io) => {
    const { operands, flags } = parsed;
    if (flags.has('collector')) {
      if (operands.length > 1) throw new UsageError('with --collector, name one recording');
      const { diffCollector } = await import('./trial/diff-collector.ts');
      const options = { recording: operands[0]!, binary: lastValue(parsed, 'binary') ?? '', isJson: flags.has('json') };
      return diffCollector({ ...options, parsed, line, io });
    }
    if (operands.length < 2) throw new UsageError('name two sources: files or URLs; or a recording with --collector');
    const options: CompareOptions = {
      tolerance: tolerance(lastValue(parsed, 'tolerance') ?? '0'),
      ignoredLabels: new Set((flags.get('ignore-labels') ?? []).flatMap((list) => list.split(',')).filter(Boolean)),
    };
    const sources = await Promise.all(operands.map((source) => read(source, requestOptions(parsed))));
    const { compareFamilies } = await import('#prometheus/exposition/compare-families.ts');
    const differences = compareFamilies(sources[0]!, sources[1]!, options);
    const limit = limitOf(lastValue(parsed, 'limit') ?? String(defaultLimit));
    const print = flags.has('json') ? `${JSON.stringify(differences)}\n` : report(differences, limit);
    return { print, exitCode: differences.length > 0 ? 1 : 0 };
  },
};
