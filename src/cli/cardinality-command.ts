import type { Cardinality } from '#api/cardinality.ts';
import { printable } from '#text/printable.ts';
import { thousands } from '#text/thousands.ts';
import { alignedColumns } from './aligned-columns.ts';
import { consoleClient, consoleFlags } from './client-flags.ts';
import type { Command } from './command.ts';
import { lastValue, UsageError } from './parse-arguments.ts';

const defaultTop = '10';
/** Minimum share of the series for which removing a label is suggested. */
const worthShare = 0.1;

function topOf(text: string): number {
  const top = Number(text);
  if (!(Number.isInteger(top) && top > 0 && top <= 100)) throw new Error('must be a whole number from 1 to 100');
  return top;
}

function report({ series, families, sinceUnixMs, metrics, labels, pairs }: Cardinality): string {
  const parts = [`${thousands(series)} series in ${thousands(families)} metrics\n`];
  if (series === 0) return parts.join('');
  const growth = (now: number, before: number | null) =>
    sinceUnixMs === null || before === null ? '' : `${now >= before ? '+' : ''}${thousands(now - before)}`;
  const since = sinceUnixMs === null ? 'Growth' : `Since ${new Date(sinceUnixMs).toISOString().slice(0, 16)}Z`;
  parts.push(
    alignedColumns(
      metrics.map((metric) => [metric.name, thousands(metric.series), growth(metric.series, metric.before)]),
      { head: ['Metric', 'Series', since] },
    ),
    alignedColumns(
      labels.map(({ name, values, series: having, fewer, from }) => [
        ...[name, thousands(values), thousands(having), thousands(fewer), from],
      ]),
      { head: ['Label', 'Values', 'Series', 'Fewer without it', 'From'] },
    ),
    alignedColumns(
      pairs.map(({ label, value, series: having }) => [`${label}="${value}"`, thousands(having)]),
      { head: ['Pair', 'Series'] },
    ),
  );
  const advised = labels.filter(({ rule, fewer }) => rule !== '' && fewer >= series * worthShare);
  for (const { name, advice, rule } of advised.slice(0, 3)) {
    parts.push(`To remove the label ${printable(name)}: ${printable(advice)}\n${rule.trimEnd()}\n`);
  }
  return parts.join('\n');
}

/** Words are searched for as they are; half a selector would find nothing. */
function checkSelector(text: string): void {
  if (!/\{[^{}]*$/.test(text)) return;
  throw new UsageError(
    `the selector ${JSON.stringify(text)} has no end; write it as '{dag_id="etl"}', in single quotes`,
  );
}

export const cardinalityCommand: Command = {
  name: 'cardinality',
  about: 'Lists the metrics, labels, and values that have the most series',
  longAbout: `Lists the metrics, labels, and values that have the most series, and the setting that removes a label.

Without a selector, all series of a running pitot count. It reads the JSON API of the extension console.

Examples:
  pitot cardinality
  pitot cardinality airflow_ti_finish_total
  pitot cardinality '{dag_id=~"etl_.*"}' --top=20`,
  operands: { name: '[selector]', max: 1 },
  flags: [
    { name: 'top', value: 'number', help: `Number of entries of each list (default ${defaultTop})`, check: topOf },
    ...consoleFlags,
  ],
  execute: async (parsed) => {
    const top = String(topOf(lastValue(parsed, 'top') ?? defaultTop));
    const match = parsed.operands[0] ?? '';
    checkSelector(match);
    const answer = await consoleClient(parsed).get<Cardinality>('cardinality', { top, match });
    return parsed.flags.has('json') ? `${JSON.stringify(answer)}\n` : report(answer);
  },
};
