import { setTimeout as sleep } from 'node:timers/promises';
import type { Problems, Status } from '#api/overview.ts';
import type { Family, Metrics, SeriesPage } from '#api/series.ts';
import type { Sources } from '#api/service.ts';
import type { ConsoleClient } from '#client/console-client.ts';
import { type Frame, frameOf, header, laidOut } from './frame.ts';
import { Changes, familyKey, type Reading, type State } from './read-state.ts';
import { wordsOf } from './row-filter.ts';
import { painter, Screen } from './screen.ts';
import { arranged, metricTitles, tableNames, tableOf } from './tables.ts';
import { afterKey, firstView, keysIn, type View } from './view.ts';

/** Maximum numbers of entries to request. */
const maxMetrics = '1000';
const maxSeries = '200';
/** Rows of each table in a snapshot. */
const snapshotRows = 10;

interface WatchOptions {
  readonly intervalMs: number;
  readonly hasColors: boolean;
  readonly stopped: AbortSignal;
}

/** Reads what the view needs. @throws the errors of the console */
async function read(client: ConsoleClient, view: Pick<View, 'table' | 'filter'>): Promise<Reading> {
  const isSeries = view.table === 'series';
  const nothing: SeriesPage = { total: 0, scanned: 0, series: [] };
  const [status, sources, listed, { problems }, { series }] = await Promise.all([
    client.get<Status>('status'),
    client.get<Sources>('sources'),
    listedMetrics(client, view),
    client.get<Problems>('problems'),
    isSeries
      ? client.get<SeriesPage>('series', { match: view.filter, sort: '-updated', limit: maxSeries })
      : Promise.resolve(nothing),
  ]);
  return { status, sources, ...listed, problems, series };
}

/** Reads the metrics with the most series and points, and those that match the filter. */
async function listedMetrics(
  client: ConsoleClient,
  { table, filter }: Pick<View, 'table' | 'filter'>,
): Promise<{ families: readonly Family[]; hasAllFamilies: boolean }> {
  const search = table === 'metrics' ? wordsOf(filter, metricTitles) : '';
  const { total, families } = await client.get<Metrics>('metrics', { sort: '-series', limit: maxMetrics });
  if (total <= families.length) return { families, hasAllFamilies: true };
  const more = await Promise.all(
    (search === '' ? [''] : ['', search]).map((words) =>
      client.get<Metrics>('metrics', { search: words, sort: '-points', limit: maxMetrics }),
    ),
  );
  const known = new Map([families, ...more.map((page) => page.families)].flat().map((each) => [familyKey(each), each]));
  return { families: [...known.values()], hasAllFamilies: false };
}

/** Returns one reading as JSON. */
export async function readOnce(client: ConsoleClient): Promise<object> {
  const { series: _, hasAllFamilies: _all, ...reading } = await read(client, firstView);
  return reading;
}

/** Returns the tables of one moment as text. Two readings, `intervalMs` apart, yield the rates. */
export async function snapshot(client: ConsoleClient, { intervalMs, stopped }: WatchOptions): Promise<string> {
  const changes = new Changes();
  changes.next(await read(client, firstView), performance.now());
  await sleep(intervalMs, undefined, { signal: stopped }).catch(() => undefined);
  const state = changes.next(await read(client, firstView), performance.now());
  const plain = (_: string, text: string) => text;
  const tables = tableNames.flatMap((name) => {
    const table = tableOf(name, state);
    if (table.rows.length === 0) return [];
    const { head, lines } = laidOut(table, arranged(table, firstView).slice(0, snapshotRows), firstView);
    const more = table.rows.length - lines.length;
    return [['', head, ...lines, ...(more > 0 ? [`… ${more} more`] : [])]];
  });
  return `${[...header(state.status, plain), ...tables.flat()].join('\n')}\n`;
}

/**
 * Shows the tables in the terminal until a key or a signal ends it. If pitot stops answering, the last state stays, with the reason.
 * @throws the errors of the console before the first reading
 */
export async function watch(client: ConsoleClient, { intervalMs, hasColors, stopped }: WatchOptions): Promise<void> {
  const changes = new Changes();
  const paint = painter(hasColors);
  let view = firstView;
  let state: State = changes.next(await read(client, view), performance.now());
  let problem = '';
  let frame: Frame | undefined;
  let wake = () => {};
  let hasEnded = false;
  const show = () => {
    if (hasEnded) return;
    frame = frameOf(state, view, { size: screen.size, problem, paint });
    screen.show(frame.lines);
  };
  const onKeys = (input: string) => {
    for (const key of keysIn(input)) {
      const next = frame && afterKey(view, key, frame.shown);
      if (next === undefined) {
        hasEnded = true;
        wake();
        return;
      }
      const isOther = next.table !== view.table || next.filter !== view.filter || view.isTyping;
      view = next;
      if (isOther && next.table === 'series' && !next.isTyping) wake();
    }
    show();
  };
  const screen = new Screen({ onKeys, onResize: () => show() });
  stopped.addEventListener('abort', () => {
    hasEnded = true;
    wake();
  });
  try {
    while (!hasEnded && !stopped.aborted) {
      show();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, intervalMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (hasEnded || view.isPaused) continue;
      try {
        state = changes.next(await read(client, view), performance.now());
        problem = '';
      } catch (error) {
        problem = `${(error as Error).message}; trying again`;
      }
    }
  } finally {
    screen.close();
  }
}
