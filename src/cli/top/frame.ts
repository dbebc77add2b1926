import type { Status } from '#api/overview.ts';
import { printable } from '#text/printable.ts';
import { thousands } from '#text/thousands.ts';
import { briefDuration } from '../aligned-columns.ts';
import type { State } from './read-state.ts';
import { arranged, type Row, type Table, tableNames, tableOf } from './tables.ts';
import type { Shown, View } from './view.ts';

/** Size of the terminal, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A screen of text, and the facts that the next key needs. */
export interface Frame {
  readonly lines: readonly string[];
  readonly shown: Shown;
}

/** Turns ANSI styles on, or leaves a text as it is. */
export type Paint = (style: 'bold' | 'dim' | 'inverse' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string;

const levels = { ok: 'green', waiting: 'cyan', warning: 'yellow', error: 'red' } as const;
const keys = '1-4 Tab table  s S sort  r reverse  / filter  ↑↓ select  ⏎ series  p pause  q quit';
/** Lines besides the rows: two of the header, tabs, titles, details, and keys. */
const fixedLines = 6;

/** Lines about the whole process: verdict, rates, series, losses. */
export function header(status: Status, paint: Paint): string[] {
  const { verdict, clients, output, errors, problems, process, nowUnixMs, startedUnixMs } = status;
  const rate = (value: number | null) => thousands(Math.round((value ?? 0) * 10) / 10);
  const lost = errors.droppedPoints + errors.refusedPoints + errors.rejectedRequests;
  const losses = `${thousands(errors.droppedPoints)} dropped, ${thousands(errors.refusedPoints)} refused, ${thousands(errors.rejectedRequests)} rejected`;
  const cpu = process.cpuShare === null ? '' : ` ${Math.round(process.cpuShare * 100)} % CPU`;
  const facts = [
    `${thousands(clients.active)} clients`,
    `${rate(clients.pointsPerSecond)} points/s`,
    `${rate(clients.requestsPerSecond)} requests/s`,
    `${thousands(output.series)} series`,
    lost > 0 ? paint('yellow', losses) : losses,
    `${problems.error} errors ${problems.warning} warnings`,
    `${Math.round(process.rssBytes / 1e6)} MB${cpu}`,
    `up ${briefDuration(nowUnixMs - startedUnixMs)}`,
  ];
  return [paint(levels[verdict.level], printable(verdict.text)), facts.join('  ')];
}

/** Returns the lines of a screen. `problem`: why the state is old; empty if it is not. */
export function frameOf(
  state: State,
  view: View,
  { size, problem, paint }: { readonly size: Size; readonly problem: string; readonly paint: Paint },
): Frame {
  const table = tableOf(view.table, state);
  // pitot itself filters series.
  const rows = arranged(table, view.table === 'series' ? { ...view, filter: '' } : view);
  const height = Math.max(1, size.rows - fixedLines);
  const selected = Math.min(view.selected, Math.max(0, rows.length - 1));
  const first = Math.max(0, Math.min(selected - Math.floor(height / 2), rows.length - height));
  const visible = rows.slice(first, first + height);
  const { head, lines } = laidOut(table, visible, view);
  const body = lines.map((line, i) => (first + i === selected ? paint('inverse', line.padEnd(size.columns)) : line));
  const clipped = (text: string) => text.slice(0, size.columns);
  const tabs = tableNames.map((name, i) =>
    name === view.table ? paint('inverse', ` ${i + 1} ${name} `) : ` ${i + 1} ${name} `,
  );
  const filter = view.isTyping ? `  / ${view.filter}▏` : view.filter === '' ? '' : `  filter: ${view.filter}`;
  const place = `  ${rows.length === 0 ? 0 : first + 1}–${first + visible.length} of ${thousands(rows.length)}`;
  const details =
    problem === ''
      ? paint('dim', clipped(printable(rows[selected]?.details ?? '')))
      : paint('red', clipped(printable(problem)));
  return {
    lines: [
      ...header(state.status, paint),
      `${tabs.join('')}${place}${view.isPaused ? '  paused' : ''}${filter}`,
      paint('bold', clipped(head)),
      ...(body.length === 0
        ? [view.filter === '' ? '  (none)' : '  (nothing matches the filter; Esc clears it)']
        : body),
      ...Array.from({ length: height - Math.max(1, body.length) }, () => ''),
      details,
      paint('dim', clipped(keys)),
    ],
    shown: {
      ...{ rows: rows.length, height, columns: table.titles.length, sortedBy: table.sortedBy },
      series: rows[selected]?.series ?? '',
    },
  };
}

/** Aligns rows below their titles. An arrow marks the sorted column. */
export function laidOut(
  { titles, sortedBy, rows: all }: Table,
  rows: readonly Row[],
  { column = sortedBy, isReversed }: Pick<View, 'column' | 'isReversed'>,
): { readonly head: string; readonly lines: readonly string[] } {
  const isNumeric = titles.map((_, i) => all.some(({ cells }) => typeof cells[i]!.key === 'number'));
  const isDescending = isNumeric[column] !== isReversed;
  const marked = titles.map((title, i) => (i === column ? `${title}${isDescending ? '▾' : '▴'}` : title));
  const cells = rows.map((row) => row.cells.map(({ text }) => printable(text)));
  const widths = marked.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (isNumeric[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return { head: line(marked), lines: cells.map(line) };
}
