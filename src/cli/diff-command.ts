import { readFileSync } from 'node:fs';
import { type CompareOptions, compareFamilies, type Difference } from '#prometheus/exposition/compare-families.ts';
import { parseTextFormat, type TextFamily } from '#prometheus/exposition/parse-text.ts';
import type { Command } from './command.ts';
import { lastValue } from './parse-arguments.ts';

const timeoutMs = 30_000;
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
async function read(source: string): Promise<TextFamily[]> {
  const text = /^https?:\/\//.test(source) ? await download(source) : readFile(source);
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
    throw new Error(`open ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

async function download(url: string): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url, {
      headers: { accept: 'text/plain;version=0.0.4' },
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    const { cause, message } = error as Error;
    throw new Error(`GET ${url}: ${cause instanceof Error ? cause.message : message}`);
  }
  if (!response.ok) throw new Error(`GET ${url}: status ${response.status}`);
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes)
    throw new Error(`GET ${url}: the response is too large`);
  return response.text();
}

function line({ kind, subject, a, b }: Difference): string {
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
    ...listed.map(line),
    ...(rest > 0 ? [`… ${rest} more; --limit=0 lists all`] : []),
    differences.length === 0 ? 'No differences.' : `${differences.length} differences: ${summary}.`,
    '',
  ].join('\n');
}

export const diffCommand: Command = {
  name: 'diff',
  about: 'Compares two /metrics outputs by meaning',
  longAbout: `Compares two /metrics outputs by meaning: families, types, help, series, and values. A source is a file or a URL.

Lines begin with - if something is only in the first source, with + if it is only in the second, and with ~ if it differs. The exit status
is 0 without differences, 1 with differences, and 2 if a source cannot be read.

Examples:
  pitot diff http://collector:8889/metrics http://pitot:8889/metrics
  pitot diff before.txt after.txt --tolerance=0.01 --ignore-labels=instance,otel_scope_version`,
  operands: { name: '<source> <source>', min: 2, max: 2 },
  flags: [
    {
      name: 'ignore-labels',
      value: 'labels',
      help: 'Labels to remove first, separated by commas; series that become equal are added up',
    },
    { name: 'json', help: 'Print the differences as JSON' },
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
  execute: async (parsed) => {
    const { operands, flags } = parsed;
    const options: CompareOptions = {
      tolerance: tolerance(lastValue(parsed, 'tolerance') ?? '0'),
      ignoredLabels: new Set((flags.get('ignore-labels') ?? []).flatMap((list) => list.split(',')).filter(Boolean)),
    };
    let sources: TextFamily[][];
    try {
      sources = await Promise.all(operands.map(read));
    } catch (error) {
      return { print: '', remarks: [`Error: ${(error as Error).message}`], exitCode: 2 };
    }
    const differences = compareFamilies(sources[0]!, sources[1]!, options);
    const limit = limitOf(lastValue(parsed, 'limit') ?? String(defaultLimit));
    const print = flags.has('json') ? `${JSON.stringify(differences)}\n` : report(differences, limit);
    return { print, exitCode: differences.length > 0 ? 1 : 0 };
  },
};
