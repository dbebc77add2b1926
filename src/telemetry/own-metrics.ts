import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { OwnMetrics } from '#component/component.ts';
import type { Reading } from '#component/views/service-views.ts';

type Labels = Readonly<Record<string, string>>;

/** Maximum number of label sets of a metric. Further ones are not shown. */
const maxSeriesPerMetric = 10_000;

/**
 * pitot's own metrics. On the hot path, a counter only adds to a number; prom-client receives the numbers at scrape time.
 */
export class MetricsRegistry implements OwnMetrics {
  readonly registry = new Registry();
  readonly #counters = new Map<string, CounterFamily>();
  readonly #gauges = new Map<string, GaugeFamily>();
  readonly #upDownCounters = new Map<string, { add(value: number): void }>();
  readonly #histograms = new Map<string, Histogram>();

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'pitot_' });
  }

  counter(name: string, help: string, labels: Labels = {}): { add(value: number): void } {
    let family = this.#counters.get(name);
    if (!family) {
      family = new CounterFamily({ name, help, labels, registry: this.registry });
      this.#counters.set(name, family);
    }
    return family.series(labels);
  }

  /** Registers a counter that is read at scrape time. */
  observedCounter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(Math.max(0, read()));
      },
    });
  }

  gauge(name: string, help: string, labels: Labels, read: () => number): void {
    let family = this.#gauges.get(name);
    if (!family) {
      family = new GaugeFamily({ name, help, labels, registry: this.registry });
      this.#gauges.set(name, family);
    }
    family.set(labels, read);
  }

  upDownCounter(name: string, help: string, labels: Labels): { add(value: number): void } {
    const key = JSON.stringify([name, labels]);
    const existing = this.#upDownCounters.get(key);
    if (existing) return existing;
    let current = 0;
    const created = {
      add(value: number) {
        current += value;
      },
    };
    this.gauge(name, help, labels, () => current);
    if (this.#upDownCounters.size < maxSeriesPerMetric) this.#upDownCounters.set(key, created);
    return created;
  }

  /** Values of a counter or gauge; empty if nothing has registered it. */
  readings(name: string): Reading[] {
    return this.#counters.get(name)?.readings() ?? this.#gauges.get(name)?.readings() ?? [];
  }

  histogram(
    name: string,
    help: string,
    bounds: readonly number[],
    labels: Labels = {},
  ): { record(value: number): void } {
    let histogram = this.#histograms.get(name);
    if (!histogram) {
      const labelNames = Object.keys(labels);
      histogram = new Histogram({ name, help, labelNames, buckets: [...bounds], registers: [this.registry] });
      this.#histograms.set(name, histogram);
    }
    const series = histogram.labels({ ...labels });
    return { record: (value) => series.observe(value) };
  }
}

interface FamilyOptions {
  readonly name: string;
  readonly help: string;
  readonly labels: Labels;
  readonly registry: Registry;
}

class CounterFamily {
  readonly #series = new Map<string, { readonly labels: Labels; value: number; add(value: number): void }>();

  constructor({ name, help, labels, registry }: FamilyOptions) {
    const all = this.#series;
    new Counter({
      name,
      help,
      labelNames: Object.keys(labels),
      registers: [registry],
      collect() {
        this.reset();
        for (const series of all.values()) this.inc({ ...series.labels }, series.value);
      },
    });
  }

  readings(): Reading[] {
    return [...this.#series.values()].map(({ labels, value }) => ({ labels, value }));
  }

  series(labels: Labels): { add(value: number): void } {
    const key = JSON.stringify(labels);
    const existing = this.#series.get(key);
    if (existing) return existing;
    const created = {
      labels,
      value: 0,
      add(value: number) {
        created.value += value;
      },
    };
    if (this.#series.size < maxSeriesPerMetric) this.#series.set(key, created);
    return created;
  }
}

class GaugeFamily {
  readonly #readers = new Map<string, { readonly labels: Labels; readonly read: () => number }>();

  constructor({ name, help, labels, registry }: FamilyOptions) {
    const all = this.#readers;
    new Gauge({
      name,
      help,
      labelNames: Object.keys(labels),
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels: own, read } of all.values()) this.set({ ...own }, read());
      },
    });
  }

  readings(): Reading[] {
    return [...this.#readers.values()].map(({ labels, read }) => ({ labels, value: read() }));
  }

  set(labels: Labels, read: () => number): void {
    const key = JSON.stringify(labels);
    if (this.#readers.size < maxSeriesPerMetric || this.#readers.has(key)) this.#readers.set(key, { labels, read });
  }
}

/** Discards all metrics, for level `none` and `validate`. */
export const noMetrics: OwnMetrics = {
  counter: () => ({ add: () => undefined }),
  gauge: () => undefined,
  upDownCounter: () => ({ add: () => undefined }),
  histogram: () => ({ record: () => undefined }),
};
