import type { Series, SeriesPage } from '#api/series.ts';
import type { SeriesInstance } from '#component/views/series-view.ts';
import { Slices } from '../observe/slices.ts';
import { BestOf } from './best-of.ts';
import { type ApiContext, finite, offered } from './context.ts';
import type { Parameters } from './parameters.ts';
import { parseSelector, type Selector, selectorOf } from './selector.ts';

/** Maximum number of characters of a label value in lists. */
const maxValue = 1_000;

/** A series, with the exporter that stores it. */
export interface Found {
  readonly exporter: string;
  readonly series: SeriesInstance;
}

/** Yields every series that a selector matches, in slices. */
export async function* find({ views }: ApiContext, selector: Selector): AsyncGenerator<Found, void> {
  const slices = new Slices();
  for (const { component, view } of offered(views, 'series')) {
    for (const series of view.series()) {
      if (slices.isOver()) await slices.next();
      if (selector.name !== undefined && series.family.name !== selector.name) continue;
      if (selector.matches(series)) yield { exporter: component.id, series };
    }
  }
}

/** `GET series`: a part of the matching series. */
export async function seriesOf(context: ApiContext, parameters: Parameters): Promise<SeriesPage> {
  const selector = parseSelector(parameters.text('match'));
  const offset = parameters.count('offset', { fallback: 0, max: 1_000_000 });
  const limit = parameters.count('limit', { fallback: 100, max: 500 });
  const sort = parameters.choice('sort', ['name', '-name', 'value', '-value', 'updated', '-updated']);
  const best = new BestOf<Sortable>(offset + limit, ordersOf(sort));
  let total = 0;
  for await (const found of find(context, selector)) {
    total += 1;
    best.add(sortable(found, sort));
  }
  const page = best.sorted().slice(offset);
  const scanned = offered(context.views, 'series').reduce((sum, { view }) => sum + view.seriesCount, 0);
  return { total, scanned, series: page.map(seriesForApi) };
}

/** Converts a series for a response. Long label values are shortened. */
export function seriesForApi({ exporter, series }: Found): Series {
  return {
    exporter,
    selector: selectorOf(series),
    name: series.family.name,
    type: series.family.type,
    labels: series.labels.map(([name, value]) => [name, shortened(value)] as [string, string]),
    value: finite(series.value),
    updatedUnixMs: series.updatedUnixMs,
    hiddenBy: series.family.hiddenBy ?? null,
    streams: series.streamCount ?? null,
  };
}

/** Cuts a text after the maximum length of a label value in a response, and adds `…`. */
export function shortened(value: string): string {
  return value.length <= maxValue ? value : `${value.slice(0, maxValue)}…`;
}

interface Sortable extends Found {
  readonly order: string | number;
}

function sortable(found: Found, sort: string): Sortable {
  const { series } = found;
  switch (sort.replace('-', '')) {
    case 'value':
      return { ...found, order: series.value };
    case 'updated':
      return { ...found, order: series.updatedUnixMs };
    default:
      return { ...found, order: `${series.family.name}\0${series.labels.map(([, value]) => value).join('\0')}` };
  }
}

function ordersOf(sort: string): (a: Sortable, b: Sortable) => number {
  const direction = sort.startsWith('-') ? -1 : 1;
  return (a, b) => direction * (a.order < b.order ? -1 : a.order > b.order ? 1 : 0);
}
