import { MetricSettings } from './metric-names.ts';
import type { SeriesRecord } from './stored-series.ts';

/** Returns the time after its last point at which a series disappears, ms. Infinity keeps it; 0 hides it always. */
export type ExpirationMs = (series: SeriesRecord) => number;

interface Expiration {
  readonly metrics: readonly string[];
  /** Time in ms. */
  readonly after: number;
}

/** `expirations`: the time of the first matching entry applies, otherwise the given one. */
export class Expirations {
  readonly #settings: MetricSettings<number>;

  constructor(expirations: readonly Expiration[]) {
    this.#settings = new MetricSettings(expirations.map(({ metrics, after }) => ({ metrics, value: after })));
  }

  of({ instrument }: SeriesRecord, otherwiseMs: number): number {
    if (this.#settings.isEmpty) return otherwiseMs;
    if (instrument.expirationMs === undefined) {
      instrument.expirationMs = this.#settings.find(instrument.variant.family.name, instrument.metricName) ?? null;
    }
    return instrument.expirationMs ?? otherwiseMs;
  }
}
