import { describe, expect, test } from 'vitest';
import type { Problem, Status } from '#api/overview.ts';
import type { Series } from '#api/series.ts';
import type { Source } from '#api/service.ts';
import { frameOf, type Paint } from './frame.ts';
import { Changes, type Reading } from './read-state.ts';
import { afterKey, firstView, keysIn, type Shown, type View } from './view.ts';

const status: Status = {
  ...{ pitotVersion: '1', collectorVersion: '2', nodeVersion: '3', startedUnixMs: 0, nowUnixMs: 60_000 },
  verdict: { level: 'ok', code: 'works', text: 'Works.', view: '' },
  clients: { active: 2, known: 2, requestsPerSecond: 1, pointsPerSecond: 12.34, points: 5, lastUnixMs: 1 },
  output: { exporters: 1, series: 1_234, families: 2, targets: 1, maxSeries: 10, accumulates: true },
  destinations: [],
  scrapers: [],
  errors: { refusedPoints: 0, droppedPoints: 7, unsentPoints: 0, rejectedRequests: 0 },
  process: { rssBytes: 1e8, heapUsedBytes: 1, cpuShare: 0.5 },
  problems: { error: 0, warning: 1, info: 0 },
  listeners: [],
};
const source = (process: string, points: number): Source => ({
  ...{ receiver: 'otlp', job: 'airflow', process, address: '10.0.0.7', transport: 'http', userAgent: '', sdk: '' },
  ...{ attributes: [], firstUnixMs: 1, lastUnixMs: 58_000, requests: 1, points, bytes: 1, refused: 0 },
  ...{ intervalMs: null, clockSkewMs: null, warnings: [] },
});
const family = (name: string, seriesCount: number, points = 0) => ({
  ...{ exporter: 'prometheus', name, type: 'counter', help: `About ${name}.`, seriesCount, points, hiddenBy: null },
});
const oneSeries = (value: number): Series => ({
  ...{ exporter: 'prometheus', selector: 'a_total{x="1"}', name: 'a_total', type: 'counter', labels: [] },
  ...{ value, updatedUnixMs: 1, hiddenBy: null, streams: 2 },
});
const problem = (count: number): Problem => ({
  ...{ level: 'warning', code: 'c', title: 'Dropped', subject: 'm', text: '', shown: '', hidden: '', client: '' },
  ...{ count, unit: 'points', firstUnixMs: 1, lastUnixMs: 2, remedy: 'Rename it.', section: '' },
});
function reading(points: number, parts: Partial<Reading> = {}): Reading {
  return {
    status,
    sources: {
      ...{ known: 2, evicted: 0, emptyRequests: 0 },
      sources: [source('p1', points), source('p2\u001b[31m', 3)],
      shortLived: [{ job: 'airflow', processes: 40, points: 80, requests: 40, lastUnixMs: 1 }],
    },
    families: [family('a_total', 5, points), family('b_total', 50)],
    hasAllFamilies: true,
    problems: [problem(points)],
    series: [oneSeries(points)],
    ...parts,
  };
}

function state() {
  const changes = new Changes();
  changes.next(reading(10), 1_000);
  return changes.next(reading(30, { families: [family('a_total', 9, 30), family('c_total', 2, 8)] }), 3_000);
}

test('rates and growth come from earlier readings', () => {
  const changes = new Changes();
  expect(changes.next(reading(10), 1_000).clients[0]!.pointsPerSecond).toBeUndefined();
  const { clients, metrics, series, losses } = changes.next(
    reading(30, { families: [family('a_total', 9, 30), family('c_total', 2, 8)] }),
    3_000,
  );
  expect(clients.map(({ pointsPerSecond }) => pointsPerSecond)).toEqual([10, 0, 0]);
  expect(metrics.map(({ growth, pointsPerSecond }) => [growth, pointsPerSecond])).toEqual([
    [4, 10],
    [2, 4],
  ]);
  expect([series[0]!.perSecond, losses[0]!.growth]).toEqual([10, 20]);
});

test('of a metric that was not listed before, nothing is known; one that was empty counts from 0 again', () => {
  const changes = new Changes();
  const at = (points: number, ...names: string[]) =>
    reading(0, { families: names.map((name) => family(name, 7, points)), hasAllFamilies: false });
  changes.next(at(100, 'a'), 1_000);
  const { metrics } = changes.next(at(40, 'a', 'b'), 2_000);
  expect(metrics.map(({ growth, pointsPerSecond }) => [growth, pointsPerSecond])).toEqual([
    [0, 40],
    [0, undefined],
  ]);
  expect(changes.next(at(50, 'a', 'b'), 3_000).metrics.map(({ pointsPerSecond }) => pointsPerSecond)).toEqual([10, 10]);
});

const plain: Paint = (_, text) => text;
const marked: Paint = (style, text) => (style === 'inverse' ? `>${text.trimEnd()}` : text);
const frame = (view: Partial<View>, { rows = 12, problem: reason = '', paint = plain } = {}) =>
  frameOf(state(), { ...firstView, ...view }, { size: { columns: 120, rows }, problem: reason, paint });

describe('a frame', () => {
  test('fills the screen exactly, without control characters of the network', () => {
    const { lines } = frame({});
    expect(lines.length).toBe(12);
    expect(lines.join('')).not.toContain('\u001b');
    expect(lines[0]).toBe('Works.');
    expect(lines[1]).toBe(
      '2 clients  12.3 points/s  1 requests/s  1,234 series  7 dropped, 0 refused, 0 rejected  0 errors 1 warnings  100 MB 50 % CPU  up 60 s',
    );
    expect(lines[3]).toMatch(/^Job +Process +Address +Points\/s▾/);
    expect(lines[4]).toMatch(/^airflow +p1 +10\.0\.0\.7 +10 /);
  });

  test('sorts by the chosen column, and reverses', () => {
    const names = (view: Partial<View>) => frame({ table: 'metrics', ...view }).lines.slice(4, 6);
    expect(names({}).map((line) => line[0])).toEqual(['a', 'c']);
    expect(names({ isReversed: true }).map((line) => line[0])).toEqual(['c', 'a']);
    expect(names({ column: 0, isReversed: true }).map((line) => line[0])).toEqual(['c', 'a']);
  });

  test('filters by words', () => {
    const { lines, shown } = frame({ table: 'metrics', filter: 'C_TO count' });
    expect(shown).toMatchObject({ rows: 1, series: 'c_total{}' });
    expect(lines[2]).toContain('1–1 of 1');
    expect(frame({ filter: 'nowhere' }).lines[4]).toContain('nothing matches the filter');
  });

  test.each<[string, Partial<View>, string[]]>([
    ['a column by its title', { filter: 'points/s>3.5' }, ['a_total', 'c_total']],
    ['words and a column', { filter: 'C_ points/s>=4' }, ['c_total']],
    ['the sorted column', { filter: '>9', column: 4 }, ['a_total']],
    ['less, with a separator', { filter: 'series<1,000 points<=8' }, ['c_total']],
    ['a text is not less than a number', { filter: 'metric<5' }, []],
    ['what is no comparison is a word', { filter: 'nothing>5' }, []],
  ])('compares %s', (_, view, expected) => {
    const { lines, shown } = frame({ table: 'metrics', ...view });
    expect(lines.slice(4, 4 + shown.rows).map((line) => line.split(' ')[0])).toEqual(expected);
  });

  test('scrolls to the selected row, and says more about it', () => {
    const { lines } = frame({ selected: 2 }, { rows: 8, paint: marked });
    expect(lines.filter((line) => /^>airflow/.test(line))).toEqual([
      expect.stringMatching(/^>airflow +40 short-lived/),
    ]);
    expect(frame({ table: 'drops' }).lines.at(-2)).toBe('Rename it.');
  });

  test('says why its state is old', () => {
    expect(frame({}, { problem: 'connection refused' }).lines.at(-2)).toBe('connection refused');
  });
});

describe('keys', () => {
  const shown: Shown = { rows: 30, height: 10, columns: 5, sortedBy: 2, series: 'a{}' };
  const typed = (input: string, view: Partial<View> = {}) =>
    keysIn(input).reduce<View | undefined>((each, key) => each && afterKey(each, key, shown), {
      ...firstView,
      ...view,
    });

  test.each<[string, string, Partial<View>]>([
    ['2', '2', { table: 'metrics' }],
    ['Tab', '\t\t\t\t', { table: 'clients' }],
    ['sort', 'ss', { column: 4 }],
    ['sort beyond the last column', 'sss', { column: 0 }],
    ['sort backwards', '\u001b[D', { column: 1 }],
    ['reverse', 'r', { isReversed: true }],
    ['pages', '\u001b[6~\u001b[6~\u001b[5~j\u001b[A', { selected: 10 }],
    ['the end', 'Gj', { selected: 29 }],
    ['filter', '/ab q\r', { filter: 'ab q', isTyping: false }],
    ['corrected filter', '/ab\u007f\u007fc', { filter: 'c', isTyping: true }],
    ['cleared filter', '/ab\r\u001b', { filter: '' }],
    ['arrow keys are no text', '/a\u001b[A', { filter: 'a' }],
    ['Enter', '\r', { table: 'series', filter: 'a{}' }],
    ['pause', 'p', { isPaused: true }],
    ['series end a pause', 'p3', { isPaused: false }],
    ['nothing', 'x', firstView],
  ])('%s', (_, input, expected) => {
    expect(typed(input)).toMatchObject(expected);
  });

  test.each(['q', '\u0003', '\u0004', '/text\u0003'])('%j ends it', (input) => {
    expect(typed(input)).toBeUndefined();
  });
});
