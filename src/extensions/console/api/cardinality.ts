import type { Cardinality } from '#api/cardinality.ts';
import type { SeriesInstance, SeriesView } from '#component/views/series-view.ts';
import { DistinctCount } from '../observe/distinct-count.ts';
import { Slices } from '../observe/slices.ts';
import { BestOf } from './best-of.ts';
import { type ApiContext, offered } from './context.ts';
import { type LabelAdvice, labelAdvice } from './label-advice.ts';
import { LabelCounts } from './label-counts.ts';
import type { Parameters } from './parameters.ts';
import { parseSelector, type Selector } from './selector.ts';
import { find, shortened } from './series.ts';

/** Maximum number of families to distinguish. */
const maxFamilies = 20_000;

/** `GET cardinality`: metrics, labels, and values of the series. Reads all series, in slices. */
export async function cardinalityOf(context: ApiContext, parameters: Parameters): Promise<Cardinality> {
  const selector = parseSelector(parameters.text('match'));
  const top = parameters.count('top', { fallback: 20, max: 100 });
  const metrics = new Map<string, Omit<Cardinality['metrics'][number], 'before'>>();
  const counts = new LabelCounts();
  let series = 0;
  for await (const found of find(context, selector)) {
    series += 1;
    const { name, type } = found.series.family;
    const key = `${found.exporter}\0${name}`;
    const metric = metrics.get(key) ?? { exporter: found.exporter, name, type, series: 0 };
    metric.series += 1;
    if (metrics.size < maxFamilies || metric.series > 1) metrics.set(key, metric);
    counts.add(found.series.labels);
  }
  const names = counts.mostValues(top);
  const without = await withoutEach(context, selector, { names, counts });
  const { oldest } = context.sampler.seriesGrowth;
  const biggest = new BestOf<Omit<Cardinality['metrics'][number], 'before'>>(top, (a, b) => b.series - a.series);
  for (const metric of metrics.values()) biggest.add(metric);
  return {
    series,
    families: metrics.size,
    sinceUnixMs: oldest?.unixMs ?? null,
    before: oldest?.total ?? null,
    metrics: biggest.sorted().map((metric) => ({
      ...metric,
      before: oldest ? (oldest.byFamily.get(metric.name) ?? (oldest.isComplete ? 0 : null)) : null,
    })),
    labels: names.map((name) => {
      const { distinct, advice } = without.get(name)!;
      const { values, series: having } = counts.of(name);
      return { name, values, series: having, fewer: Math.max(0, Math.round(series - distinct.count)), ...advice };
    }),
    pairs: counts.biggestPairs(top).map((pair) => ({ ...pair, value: shortened(pair.value) })),
  };
}

interface Without {
  readonly distinct: DistinctCount;
  advice: LabelAdvice;
}

/** Returns the number of series that remain without each label, and the setting that removes the label. */
async function withoutEach(
  context: ApiContext,
  selector: Selector,
  { names, counts }: { readonly names: readonly string[]; readonly counts: LabelCounts },
): Promise<Map<string, Without>> {
  const result = new Map<string, Without>();
  for (const name of names) result.set(name, { distinct: new DistinctCount(), advice: noAdvice });
  const slices = new Slices();
  for (const { component, view } of offered(context.views, 'series')) {
    for (const series of view.series()) {
      if (slices.isOver()) await slices.next();
      if (selector.name !== undefined && series.family.name !== selector.name) continue;
      if (selector.matches(series)) addWithout(result, { exporter: component.id, view, series, counts });
    }
  }
  return result;
}

const noAdvice: LabelAdvice = { from: 'unknown', advice: '', rule: '' };

interface Seen {
  readonly exporter: string;
  readonly view: SeriesView;
  readonly series: SeriesInstance;
  readonly counts: LabelCounts;
}

function addWithout(result: ReadonlyMap<string, Without>, { exporter, view, series, counts }: Seen): void {
  const pairs = series.labels;
  const whole = counts.hashOf(`${exporter}\0${series.family.name}`, pairs);
  for (const [name, without] of result) {
    const pair = pairs.find(([label]) => label === name);
    without.distinct.add(pair ? counts.without(whole, pair) : counts.finished(whole));
    if (pair && without.advice === noAdvice) without.advice = labelAdvice({ exporter, view, series, label: name });
  }
}
