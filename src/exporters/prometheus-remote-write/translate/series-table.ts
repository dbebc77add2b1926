import type { ByteString } from '#prometheus/metric-family.ts';
import type {
  SeriesMetadata,
  WriteExemplar,
  WriteHistogram,
  WriteLabels,
  WriteSample,
  WriteSeries,
} from '#prometheus/remote-write/write-series.ts';
import type { BaseLabels, ExtraLabel } from './base-labels.ts';

/** A series while a request is translated. */
export interface TranslatedSeries extends WriteSeries {
  readonly labels: WriteLabels;
  readonly samples: WriteSample[];
  readonly histograms: WriteHistogram[];
  readonly exemplars: WriteExemplar[];
  readonly metadata: SeriesMetadata;
}

/** The series of one request. Points with the same labels become one series. */
export class SeriesTable {
  readonly #series: TranslatedSeries[] = [];
  readonly #byName = new Map<string, Map<BaseLabels, TranslatedSeries>>();
  /** The name of the last look-up, which the next one usually has too. */
  #lastKey: string | undefined;
  #last = new Map<BaseLabels, TranslatedSeries>();
  /** Labels with the same content are the same object here. */
  readonly #canonical = new Map<BaseLabels, BaseLabels>();
  readonly #byContent = new Map<string, BaseLabels>();

  /** The series, with their samples oldest first. */
  get series(): readonly TranslatedSeries[] {
    for (const { samples } of this.#series) {
      if (samples.length > 1) samples.sort((a, b) => a.timestampMs - b.timestampMs);
    }
    return this.#series;
  }

  /** Number of series. */
  get size(): number {
    return this.#series.length;
  }

  /** Returns the series with these labels, created on first use. */
  get(name: ByteString, labels: BaseLabels, metadata: SeriesMetadata, extra?: ExtraLabel): TranslatedSeries {
    if (extra === undefined && labels.split !== undefined) {
      return this.get(name, labels.split.rest, metadata, labels.split.extra);
    }
    const key = extra === undefined ? name : `${name}\xff${extra.name}\xff${extra.value}`;
    const base = this.#canonicalOf(labels);
    const byLabels = key === this.#lastKey ? this.#last : this.#named(key);
    let series = byLabels.get(base);
    if (series === undefined) {
      series = { labels: base.of(key, name, extra), samples: [], histograms: [], exemplars: [], metadata };
      byLabels.set(base, series);
      this.#series.push(series);
    }
    return series;
  }

  #named(key: string): Map<BaseLabels, TranslatedSeries> {
    let byLabels = this.#byName.get(key);
    if (byLabels === undefined) {
      byLabels = new Map();
      this.#byName.set(key, byLabels);
    }
    this.#lastKey = key;
    this.#last = byLabels;
    return byLabels;
  }

  #canonicalOf(labels: BaseLabels): BaseLabels {
    const known = this.#canonical.get(labels);
    if (known !== undefined) return known;
    const canonical = this.#byContent.get(labels.key) ?? labels;
    this.#byContent.set(labels.key, canonical);
    this.#canonical.set(labels, canonical);
    return canonical;
  }
}
