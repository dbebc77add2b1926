import type { DataPoint, Metric, Metrics, ResourceMetrics, ScopeMetrics } from '#pdata/metrics.ts';
import type { AccumulatedSeries } from '#series/accumulation/streams/accumulated-series.ts';
import { type AccumulatedOutput, accumulatedOutput, from } from '../../support/accumulated-output.ts';
import { ManualClock, testSettings } from '../../support/component-settings.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';
import { counter, exponential, exponentialPoint, histogram, histogramPoint, number } from '../../support/pdata.ts';
import { type Arrival, Dice, forkedFamily, type History, processes, seriesCount } from './clients.ts';

export type ValueType = 'counter' | 'histogram' | 'exponential';

/** Environment of the clients of a history. */
export interface World {
  readonly name: string;
  readonly clients: 'processes' | 'forks';
  readonly hasWrongClocks?: boolean;
  readonly hasStore?: boolean;
  /** Without a store: it loses its totals. With one: it continues. */
  readonly restarts?: number;
  readonly maxStreams?: number;
  readonly maxTombstones?: number;
}

/** Difference between the totals and the truth. */
export interface Outcome {
  /** Increases that `/metrics` showed, by series, over all restarts. */
  readonly increases: readonly number[];
  readonly truth: readonly number[];
  /** Errors that must never occur: a total that decreased, or a histogram that contradicts its count. */
  readonly faults: readonly string[];
}

export async function runHistory(world: World, type: ValueType, seed: number): Promise<Outcome> {
  const dice = new Dice(seed);
  const history =
    world.clients === 'forks' ? forkedFamily(dice) : processes(dice, { hasWrongClocks: world.hasWrongClocks ?? false });
  return new Run(world, type, history).outcome(restartTimes(dice, world, history));
}

function restartTimes(dice: Dice, { restarts = 0 }: World, { beginSeconds }: History): number[] {
  return Array.from({ length: restarts }, () => beginSeconds + dice.between(1, 6) * 3_600).sort((a, b) => a - b);
}

class Run {
  readonly #world: World;
  readonly #type: ValueType;
  readonly #history: History;
  readonly #requests: Requests;
  readonly #storage = new MemoryStorage();
  readonly #increases = new Array<number>(seriesCount).fill(0);
  readonly #faults: string[] = [];
  #shown = new Array<number>(seriesCount).fill(0);

  constructor(world: World, type: ValueType, history: History) {
    this.#world = world;
    this.#type = type;
    this.#requests = new Requests(type);
    this.#history = history;
  }

  async outcome(restarts: number[]): Promise<Outcome> {
    const { beginSeconds, arrivals, truth } = this.#history;
    let page = await this.#start(beginSeconds - 100);
    for (const arrival of arrivals) {
      if (restarts.length > 0 && arrival.atSeconds > restarts[0]!) page = await this.#restart(page, restarts.shift()!);
      this.#moveTo(page, arrival.atSeconds);
      page.policy.refresh(page.settings.clock.monotonic());
      page.store.append(this.#requests.of(arrival));
    }
    this.#look(page);
    return { increases: this.#increases, truth, faults: this.#faults };
  }

  #start(atSeconds: number): Promise<AccumulatedOutput> {
    const { hasStore, maxStreams = 1_000_000, maxTombstones = 1_000_000 } = this.#world;
    return accumulatedOutput({
      settings: testSettings('prometheus', new ManualClock(atSeconds * 1_000)),
      maxStreams,
      maxTombstones,
      seriesExpirationMs: Number.POSITIVE_INFINITY,
      ...(hasStore && { storage: this.#storage }),
    });
  }

  async #restart(page: AccumulatedOutput, atSeconds: number): Promise<AccumulatedOutput> {
    this.#look(page);
    await page.stop();
    if (!this.#world.hasStore) this.#shown = this.#shown.map(() => 0);
    return this.#start(atSeconds);
  }

  /** Time does not go back: a restart happens between two arrivals. */
  #moveTo({ settings: { clock } }: AccumulatedOutput, seconds: number): void {
    clock.advance(Math.max(0, seconds * 1_000 - clock.now()));
  }

  /** Adds the growth of the totals since the last call. */
  #look(page: AccumulatedOutput): void {
    const sizes = new Map(
      [...page.store.collect(page.settings.clock.monotonic())].map((one) => [one.name, one.series[0]]),
    );
    for (let i = 0; i < seriesCount; i++) {
      const series = sizes.get(this.#type === 'counter' ? `s${i}_total` : `s${i}`) as unknown as
        | ShownSeries
        | undefined;
      const size = series ? sizeOf(series) : 0;
      if (size < this.#shown[i]!) this.#faults.push(`s${i}: ${this.#shown[i]}, then ${size}`);
      if (series?.kind !== undefined && series.kind !== 'number') this.#check(i, series);
      this.#increases[i]! += size - this.#shown[i]!;
      this.#shown[i] = size;
    }
  }

  #check(i: number, series: ShownSeries): void {
    const { count = 0, sum = 0 } = series;
    const buckets =
      series.kind === 'histogram'
        ? series.cumulativeCounts?.at(-1)
        : (series.classic?.cumulativeCounts.at(-1) ?? count);
    // Every observation is 1 and falls into a bucket below the last bound.
    if (sum !== count || buckets !== count) this.#faults.push(`s${i}: count ${count}, sum ${sum}, buckets ${buckets}`);
  }
}

type ShownSeries = AccumulatedSeries & {
  readonly kind: 'number' | 'histogram' | 'nativeHistogram';
  readonly value?: number;
  readonly count?: number;
  readonly sum?: number;
  readonly cumulativeCounts?: readonly number[];
  readonly classic?: { readonly cumulativeCounts: readonly number[] };
};

function sizeOf({ kind, value, count }: ShownSeries): number {
  return (kind === 'number' ? value : count) ?? 0;
}

const nanos = (seconds: number) => BigInt(Math.round(seconds * 1e9));

/** Creates requests whose unchanged parts are the same objects, as in the output of the decoder. */
class Requests {
  readonly #type: ValueType;
  readonly #processes = new Map<string, Metrics>();
  readonly #metrics: readonly Metric[];

  constructor(type: ValueType) {
    this.#type = type;
    const create = { counter, histogram, exponential }[type];
    this.#metrics = Array.from({ length: seriesCount }, (_, i) => create(`s${i}`));
  }

  of({ series, process, startSeconds, timeSeconds, value }: Arrival): Metrics {
    let template = this.#processes.get(process);
    if (!template) {
      template = from(process);
      this.#processes.set(process, template);
    }
    const times = { startTimeUnixNano: nanos(startSeconds), timeUnixNano: nanos(timeSeconds) };
    const metric = { ...this.#metrics[series]!, dataPoints: [pointOf(this.#type, value, times)] } as unknown as Metric;
    const [resourceMetrics] = template.resourceMetrics as [ResourceMetrics];
    const [scopeMetrics] = resourceMetrics.scopeMetrics as [ScopeMetrics];
    return {
      dataPointCount: 1,
      resourceMetrics: [{ ...resourceMetrics, scopeMetrics: [{ ...scopeMetrics, metrics: [metric] }] }],
    };
  }
}

function pointOf(
  type: ValueType,
  value: number,
  times: { readonly startTimeUnixNano: bigint; readonly timeUnixNano: bigint },
): DataPoint {
  const bucketCounts = [Math.ceil(value / 2), Math.floor(value / 2)];
  const counted = { ...times, count: value, sum: value };
  switch (type) {
    case 'counter':
      return number(value, times);
    case 'histogram':
      return histogramPoint({ ...counted, explicitBounds: [1, 2], bucketCounts: [...bucketCounts, 0] });
    case 'exponential':
      return exponentialPoint({ ...counted, positive: { offset: 0, bucketCounts } });
  }
}
