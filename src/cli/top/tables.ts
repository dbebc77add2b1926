import { thousands } from '#text/thousands.ts';
import { briefDuration } from '../aligned-columns.ts';
import type { State } from './read-state.ts';
import { rowFilter } from './row-filter.ts';

/** The tables, in the order of their keys 1 to 4. */
export const tableNames = ['clients', 'metrics', 'series', 'drops'] as const;
export type TableName = (typeof tableNames)[number];

interface Cell {
  readonly text: string;
  /** Value to sort by. */
  readonly key: number | string;
}

/** A row of a table, which can be selected. */
export interface Row {
  readonly cells: readonly Cell[];
  /** What the bottom line says about the selected row. */
  readonly details: string;
  /** Filter of the table of series that shows what belongs to the row; empty if there is none. */
  readonly series: string;
}

/** A table of `pitot top`. */
export interface Table {
  readonly titles: readonly string[];
  /** Index of the column by which it is sorted at first. Numbers are sorted in descending order. */
  readonly sortedBy: number;
  readonly rows: readonly Row[];
}

const text = (value: string): Cell => ({ text: value, key: value.toLowerCase() });
const count = (value: number): Cell => ({ text: thousands(value), key: value });
const rate = (value: number | undefined): Cell =>
  value === undefined
    ? { text: '–', key: Number.NEGATIVE_INFINITY }
    : { text: thousands(Math.round(value * 10) / 10), key: value };
const growth = (value: number): Cell => ({
  text: value === 0 ? '' : `${value > 0 ? '+' : ''}${thousands(value)}`,
  key: value,
});
const ago = (unixMs: number | null, nowUnixMs: number): Cell =>
  unixMs === null ? { text: '', key: 0 } : { text: briefDuration(nowUnixMs - unixMs), key: unixMs };

export const metricTitles = ['Metric', 'Type', 'Series', 'Change', 'Points/s', 'Points', 'Hidden'] as const;

/** Whether a label distinguishes series for a reader. The details show all labels. */
const isTelling = ([name, value]: readonly [string, string]) => value !== '' && !name.startsWith('otel_scope_');

/** Returns a table of a state. */
export function tableOf(name: TableName, state: State): Table {
  switch (name) {
    case 'clients':
      return clientTable(state);
    case 'metrics':
      return metricTable(state);
    case 'series':
      return seriesTable(state);
    case 'drops':
      return dropTable(state);
  }
}

function clientTable({ clients, status }: State): Table {
  return {
    titles: ['Job', 'Process', 'Address', 'Points/s', 'Points', 'Requests', 'Refused', 'Last', 'SDK'],
    sortedBy: 3,
    rows: clients.map((client) => ({
      cells: [
        ...[text(client.job), text(client.process), text(client.address), rate(client.pointsPerSecond)],
        ...[count(client.points), count(client.requests), count(client.refused)],
        ...[ago(client.lastUnixMs, status.nowUnixMs), text(client.sdk)],
      ],
      details: [client.job, client.process, client.address, client.sdk].filter(Boolean).join(' · '),
      series: '',
    })),
  };
}

function metricTable({ metrics }: State): Table {
  return {
    titles: metricTitles,
    sortedBy: 2,
    rows: metrics.map(({ name, type, seriesCount, growth: change, points, pointsPerSecond, hiddenBy, help }) => ({
      cells: [
        ...[text(name), text(type), count(seriesCount), growth(change)],
        ...[rate(pointsPerSecond), count(points), text(hiddenBy ?? '')],
      ],
      details: help,
      series: `${name}{}`,
    })),
  };
}

function seriesTable({ series, status }: State): Table {
  return {
    titles: ['Value', 'Per second', 'Updated', 'Streams', 'Series'],
    sortedBy: 2,
    rows: series.map(({ selector, name, labels, value, perSecond, updatedUnixMs, streams, hiddenBy }) => ({
      cells: [
        value === null ? { text: 'not finite', key: Number.NEGATIVE_INFINITY } : count(value),
        rate(perSecond),
        ago(updatedUnixMs, status.nowUnixMs),
        streams === null ? text('') : count(streams),
        text(`${name}{${labels.filter(isTelling).map(([label, of]) => `${label}=${JSON.stringify(of)}`)}}`),
      ],
      details: hiddenBy === null ? selector : `${selector} is not in the output: ${hiddenBy}`,
      series: '',
    })),
  };
}

function dropTable({ losses, status }: State): Table {
  return {
    titles: ['Level', 'Count', 'New', 'Unit', 'Last', 'Subject', 'Problem'],
    sortedBy: 1,
    rows: losses.map(
      ({ level, count: total, growth: added, unit, lastUnixMs, subject, title, text: more, remedy }) => ({
        cells: [
          ...[text(level), count(total), growth(added), text(unit), ago(lastUnixMs, status.nowUnixMs)],
          ...[text(subject), text(title)],
        ],
        details: [more, remedy].filter(Boolean).join(' → '),
        series: '',
      }),
    ),
  };
}

/** Returns the rows that match a filter, sorted by a column. Numbers are sorted in descending order, unless reversed. */
export function arranged(
  { rows, sortedBy, titles }: Table,
  { filter, column = sortedBy, isReversed }: { filter: string; column?: number | undefined; isReversed: boolean },
): Row[] {
  const matching = rows.filter(rowFilter(filter, titles, column));
  const direction = isReversed ? -1 : 1;
  return matching.sort((a, b) => {
    const [x, y] = [a.cells[column]!.key, b.cells[column]!.key];
    if (typeof x === 'number' && typeof y === 'number') return direction * (y - x);
    return direction * (x < y ? -1 : x > y ? 1 : 0);
  });
}
