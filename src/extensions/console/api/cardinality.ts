import type { Cardinality } from '#api/cardinality.ts';
import type { SeriesInstance, SeriesView } from '#component/views/series-view.ts';
import { DistinctCount, hashOf } from '../observe/distinct-count.ts';
import { Slices } from '../observe/slices.ts';
import { BestOf } from './best-of.ts';
import { type ApiContext, offered } from './context.ts';
import { type LabelAdvice, labelAdvice } from './label-advice.ts';
import { LabelCounts } from './label-counts.ts';
import type { Parameters } from './parameters.ts';
import { parseSelector, type Selector } from './selector.ts';
import { shortened } from './series.ts';
import { SharedAnswers } from './shared-answers.ts';

/** Maximum number of families to distinguish. */
const maxFamilies = 20_000;

const shared = new WeakMap<ApiContext, SharedAnswers<Cardinality>>();

/** `GET cardinality`: metrics, labels, and values of the series. An answer can be ten seconds old. */
export async function cardinalityOf(context: ApiContext, parameters: Parameters): Promise<Cardinality> {
  const match = parameters.text('match');
  const selector = parseSelector(match);
  const top = parameters.count('top', { fallback: 20, max: 100 });
  const answers = shared.get(context) ?? new SharedAnswers<Cardinality>();
  shared.set(context, answers);
  return answers.get(`${top} ${match}`, context.clock.monotonic(), () => count(context, selector, top));
}

/** Reads all series twice, in slices. */
async function count(context: ApiContext, selector: Selector, top: number): Promise<Cardinality> {
  const metrics = new Map<string, Omit<Cardinality['metrics'][number], 'before'>>();
  const counts = new LabelCounts();
  let series = 0;
  await forEach(context, selector, ({ exporter, series: { family, labels } }) => {
    series += 1;
    const key = `${exporter}\0${family.name}`;
    const metric = metrics.get(key) ?? { exporter, name: family.name, type: family.type, series: 0 };
    metric.series += 1;
    if (metric.series === 1 && metrics.size < maxFamilies) metrics.set(key, metric);
    counts.add(labels);
  });
  const names = counts.mostValues(top);
  const without = await withoutEach(context, selector, { names, counts, total: series });
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
      return { name, values, series: having, fewer: fewerSeries(series, distinct), ...advice };
    }),
    pairs: (await counts.biggestPairs(top)).map((pair) => ({ ...pair, value: shortened(pair.value) })),
  };
}

interface Without {
  /** Undefined if the label has the same value on all series, and its removal changes nothing. */
  readonly distinct: DistinctCount | undefined;
  advice: LabelAdvice;
}

/** Returns the number of series that remain without each label, and the setting that removes the label. */
async function withoutEach(
  context: ApiContext,
  selector: Selector,
  { names, counts, total }: { readonly names: readonly string[]; readonly counts: LabelCounts; readonly total: number },
): Promise<Map<string, Without>> {
  const result = new Map<string, Without>();
  for (const name of names) {
    const { values, series } = counts.of(name);
    const isConstant = values === 1 && series === total;
    result.set(name, { distinct: isConstant ? undefined : new DistinctCount(), advice: noAdvice });
  }
  const prefixes = new Map<string, readonly [number, number]>();
  await forEach(context, selector, (found) => {
    const identity = `${found.exporter}\0${found.series.family.name}`;
    const prefix = prefixes.get(identity) ?? hashOf(identity);
    if (prefixes.size < maxFamilies) prefixes.set(identity, prefix);
    addWithout(result, { counts, prefix }, found);
  });
  return result;
}

interface Seen {
  readonly exporter: string;
  readonly view: SeriesView;
  readonly series: SeriesInstance;
}

/** Calls `use` for each series that matches, in slices. */
async function forEach({ views }: ApiContext, selector: Selector, use: (seen: Seen) => void): Promise<void> {
  const slices = new Slices();
  for (const { component, view } of offered(views, 'series')) {
    for (const series of view.series()) {
      if (slices.isOver()) await slices.next();
      if (selector.name !== undefined && series.family.name !== selector.name) continue;
      if (selector.matches(series)) use({ exporter: component.id, view, series });
    }
  }
}

const noAdvice: LabelAdvice = { from: 'unknown', advice: '', rule: '' };

function addWithout(
  result: ReadonlyMap<string, Without>,
  { counts, prefix }: { readonly counts: LabelCounts; readonly prefix: readonly [number, number] },
  { exporter, view, series }: Seen,
): void {
  const pairs = series.labels;
  const whole = counts.hashOf(prefix, pairs);
  const unchanged = counts.finished(whole);
  for (const [name, without] of result) {
    if (without.distinct === undefined && without.advice !== noAdvice) continue;
    const pair = pairs.find(([label]) => label === name);
    without.distinct?.add(pair ? counts.without(whole, pair) : unchanged);
    if (pair && without.advice === noAdvice) without.advice = labelAdvice({ exporter, view, series, label: name });
  }
}

/** An estimate is wrong by a percent or two: a smaller difference is none. */
function fewerSeries(series: number, distinct: DistinctCount | undefined): number {
  if (distinct === undefined) return 0;
  const fewer = Math.max(0, series - distinct.count);
  return distinct.isExact || fewer > 0.03 * series ? fewer : 0;
}
