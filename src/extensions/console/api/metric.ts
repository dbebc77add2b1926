import type { Metric } from '#api/series.ts';
import type { ExpositionName, FamilyView, SeriesView } from '#component/views/series-view.ts';
import { Slices } from '../observe/slices.ts';
import { BestOf } from './best-of.ts';
import { type ApiContext, ApiError, offered } from './context.ts';
import { familyForApi } from './metrics.ts';
import type { Parameters } from './parameters.ts';
import { type Found, seriesForApi, shortened } from './series.ts';
import { valuesOf } from './values.ts';

/** Maximum number of series whose lines are shown, and maximum bytes of them per format. */
const maxLines = 40;
const maxLineBytes = 100_000;
/** Maximum number of distinct values of a label to count, and to list. */
const maxValues = 20_000;
const maxListed = 10;

/** `GET metric`: one metric family, by name. */
export async function metricOf(context: ApiContext, parameters: Parameters): Promise<Metric> {
  const name = parameters.required('name');
  const offset = parameters.count('offset', { fallback: 0, max: 1_000_000 });
  const limit = parameters.count('limit', { fallback: 100, max: 500 });
  for (const { component, view } of offered(context.views, 'series')) {
    const family = await familyOf(view, name);
    if (family) return describe(context, { exporter: component.id, view, family }, { offset, limit });
  }
  throw new ApiError(404, `there is no metric ${JSON.stringify(name)}; GET metrics lists those that exist`);
}

/** Returns the family with a name. A shown family takes precedence over hidden ones. */
async function familyOf(view: SeriesView, name: string): Promise<FamilyView | undefined> {
  const slices = new Slices();
  let hidden: FamilyView | undefined;
  for (const family of view.families()) {
    if (slices.isOver()) await slices.next();
    if (family.name !== name) continue;
    if (family.hiddenBy === undefined) return family;
    hidden ??= family;
  }
  return hidden;
}

async function describe(
  context: ApiContext,
  { exporter, view, family }: { readonly exporter: string; readonly view: SeriesView; readonly family: FamilyView },
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<Metric> {
  const labels = new LabelValues();
  const otlpNames = new Set<string>();
  const first = new BestOf<Found & { readonly order: string }>(Math.max(offset + limit, maxLines), (a, b) =>
    a.order < b.order ? -1 : a.order > b.order ? 1 : 0,
  );
  const slices = new Slices();
  let unit = '';
  let total = 0;
  for (const series of view.series()) {
    if (slices.isOver()) await slices.next();
    if (series.family !== family) continue;
    total += 1;
    unit ||= series.unit;
    if (otlpNames.size < maxListed) otlpNames.add(series.metricName);
    const pairs = series.labels;
    labels.add(pairs);
    first.add({ exporter, series, order: pairs.map(([, value]) => value).join('\0') });
  }
  const sorted = first.sorted();
  const page = sorted.slice(offset, offset + limit);
  for (const { series } of page.slice(0, 20)) context.sampler.seriesHistory.watch(series);
  const lines = (format: ExpositionName) => {
    let text = view.head(family, format);
    for (const { series } of sorted.slice(0, maxLines)) {
      if (text.length > maxLineBytes) break;
      text += view.lines(series, format);
    }
    return text.slice(0, maxLineBytes);
  };
  return {
    family: { ...familyForApi(exporter, family), unit, otlpNames: [...otlpNames] },
    labels: await labels.summary(),
    total,
    series: page.map(seriesForApi),
    lines: {
      text: lines('text'),
      openmetrics: lines('openmetrics'),
      protobuf: lines('protobuf'),
      more: Math.max(0, total - maxLines),
    },
    history: valuesOf(
      context,
      sorted.map(({ series }) => series),
    ),
  };
}

/** Counts the values of each label. */
class LabelValues {
  readonly #labels = new Map<string, Map<string, number>>();

  add(pairs: readonly (readonly [string, string])[]): void {
    for (const [name, value] of pairs) {
      const values = this.#labels.get(name) ?? new Map<string, number>();
      if (values.size === 0) this.#labels.set(name, values);
      const known = values.get(value);
      if (known !== undefined || values.size < maxValues) values.set(value, (known ?? 0) + 1);
    }
  }

  async summary(): Promise<Metric['labels']> {
    const slices = new Slices();
    const labels: Metric['labels'] = [];
    for (const [name, values] of this.#labels) {
      const best = new BestOf<readonly [string, number]>(maxListed, ([, a], [, b]) => b - a);
      for (const entry of values) {
        if (slices.isOver()) await slices.next();
        best.add(entry);
      }
      const top = best.sorted().map(([value, count]): [string, number] => [shortened(value), count]);
      labels.push({ name, values: values.size, top });
    }
    return labels.sort((a, b) => b.values - a.values || (a.name < b.name ? -1 : 1));
  }
}
