import type { Metrics } from '#pdata/metrics.ts';
import { textFormat } from '#prometheus/exposition/text-format.ts';
import type { MetricFamily } from '#prometheus/metric-family.ts';
import { LabelNamer } from '#prometheus/naming/label-namer.ts';
import { MetricNamer } from '#prometheus/naming/metric-namer.ts';
import { LastValuePolicy } from '#series/last-value/last-value-policy.ts';
import { SeriesStore, type SeriesStoreOptions } from '#series/series-store.ts';
import { type TestSettings, testSettings } from './component-settings.ts';
import { renderExposition } from './render-exposition.ts';

const strategy = 'UnderscoreEscapingWithSuffixes';
const labelNamer = new LabelNamer(strategy);

/** Series store and its output in the text format, by default without scope labels and constant labels. */
export class StoreOutput {
  readonly settings: TestSettings;
  readonly store: SeriesStore;

  constructor(options: Partial<SeriesStoreOptions> & { readonly settings?: TestSettings } = {}) {
    const settings = options.settings ?? testSettings('prometheus');
    this.settings = settings;
    const expirationMs = options.expirationMs ?? 300_000;
    this.store = new SeriesStore({
      policy: new LastValuePolicy({ logger: settings.logger, expirationMs }),
      labels: { constLabels: new Map(), hasScopeLabels: false, labelName: (key) => labelNamer.name(key) },
      namer: new MetricNamer(strategy, ''),
      targetInfoName: 'target_info',
      sendsTimestamps: false,
      expirationMs,
      maxSeries: 1_000_000,
      id: settings.id,
      clock: settings.clock,
      logger: settings.logger,
      metrics: settings.metrics,
      ...options,
    });
  }

  append(...requests: Metrics[]): this {
    for (const request of requests) this.store.append(request);
    return this;
  }

  /** Returns all lines, including comments. */
  text(): string {
    return renderExposition(textFormat('underscores'), [...this.store.collect(this.settings.clock.monotonic())]);
  }

  /** Returns the sample lines. */
  samples(): string[] {
    return sampleLines([...this.store.collect(this.settings.clock.monotonic())]);
  }

  /** Returns the number of points dropped for a reason. */
  dropped(reason: string): number {
    return this.settings.measured('pitot_prometheus_dropped_points_total', { exporter: 'prometheus', reason }) ?? 0;
  }
}

/** Returns the sample lines of families. */
export function sampleLines(families: readonly MetricFamily[]): string[] {
  return renderExposition(textFormat('underscores'), families)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}
