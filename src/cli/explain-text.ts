import type { Lineage } from '#api/series.ts';
import { printable } from '#text/printable.ts';
import { alignedColumns, briefDuration } from './aligned-columns.ts';

const maxStreams = 10;

/** Formats the steps that lead to a series, from the OTLP metric to the lines of the output. */
export function explainText(lineage: Lineage, nowMs: number): string {
  const { series, metric, scope, resource, attributes, naming, labels, mode, streams, lines, collector } = lineage;
  const pairs = (list: readonly (readonly [string, string])[]) =>
    list.length === 0 ? '  (none)\n' : indented(alignedColumns(list.map(([key, value]) => [key, value])));
  const hidden = series.hiddenBy === null ? '' : `It is not in the output: ${series.hiddenBy}.\n`;
  const kind = [metric.type, metric.isMonotonic ? 'monotonic' : '', metric.temporality].filter(Boolean).join(', ');
  const unit = metric.unit === '' ? '' : `, unit ${metric.unit}`;
  const parts = [
    `${printable(series.selector)}\n${hidden}`,
    `OTLP metric\n  ${printable(metric.name)} (${kind}${printable(unit)})\n${metric.description === '' ? '' : `  ${printable(metric.description)}\n`}`,
    `Resource\n${pairs(resource)}`,
    `Scope\n  ${printable([scope.name, scope.version].filter(Boolean).join(' ') || '(none)')}\n`,
    `Attributes\n${pairs(attributes)}`,
    `Name\n${indented(alignedColumns(naming.map(({ rule, result }) => [result, rule])))}`,
    `Labels\n${indented(
      alignedColumns(
        labels.map(({ label, value, from, keys, remark }) => [
          ...[`${label}=${JSON.stringify(value)}`, `${from} ${keys.join(', ')}`.trim(), remark],
        ]),
      ),
    )}`,
    `Value\n  ${series.value ?? '(not finite)'} (${mode})${lineage.isInitialZero ? '; the output shows 0 until it has been scraped once' : ''}\n${streamsText(streams, nowMs)}`,
    `Output\n${indented(printableLines(lines.text))}`,
    `The Collector\n  ${printable(collector.note)}\n${indented(printableLines(collector.lines.join('\n')))}${collector.more > 0 ? `  … ${collector.more} more\n` : ''}`,
  ];
  return parts.join('\n');
}

function streamsText(streams: Lineage['streams'], nowMs: number): string {
  if (streams === null) return '';
  const listed = streams.listed
    .slice(0, maxStreams)
    .map(({ process, value, baseline, kind, reason, lastUnixMs }) => [
      ...[process || '(one process)', `${value ?? ''}`, baseline ? `above ${baseline}` : 'in full'],
      ...[kind, reason, `${briefDuration(nowMs - lastUnixMs)} ago`],
    ]);
  const rest = streams.total - listed.length;
  return `  ${streams.total} active streams contribute to it:\n${indented(indented(alignedColumns(listed)))}${rest > 0 ? `    … ${rest} more\n` : ''}`;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

/** Lines of the output, one below the other. */
function printableLines(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => `${printable(line)}\n`).join('');
}
