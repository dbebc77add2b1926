import type { ByteString } from '#bytes/utf8.ts';
import type {
  HistogramSeries,
  MetricFamily,
  NativeHistogramSeries,
  PrometheusExemplar,
  Series,
  SummarySeries,
} from '../metric-family.ts';
import { type EscapingScheme, escapeName, isLegacyName } from './escaping.ts';
import type { FamilyRenderer } from './exposition-format.ts';
import { defaultMaxSeriesBytes, type RenderBudget } from './render-budget.ts';
import { escapeQuoted, quoteName } from './text-escapes.ts';
import { TextLabels } from './text-labels.ts';

/** Differences between the two text formats. */
export interface TextDialect {
  /** Returns the name for HELP and TYPE lines, and the name of the type. */
  header(family: MetricFamily, escapedName: ByteString): { readonly name: ByteString; readonly type: string };
  help(help: ByteString): ByteString;
  float(value: number): string;
  count(value: number): string;
  /** Formats a timestamp, with the leading blank. Returns an empty text for a time that the format cannot represent. */
  timestamp(milliseconds: number): string;
  /** Formats an exemplar with everything that precedes it. Returns an empty text if the format has no exemplars. */
  exemplar(exemplar: PrometheusExemplar | undefined): string;
  readonly hasExemplars: boolean;
}

/** Settings and dependencies of {@link TextFamily}. */
export interface TextFamilyOptions {
  readonly dialect: TextDialect;
  readonly scheme: EscapingScheme;
  readonly budget: RenderBudget | undefined;
}

const noBuckets = { upperBounds: [], cumulativeCounts: [] };

/** The name of a sample up to its first label. */
interface SampleName {
  /** With labels: `name{` or `{"na.me",`. */
  readonly open: ByteString;
  /** Without labels: `name` or `{"na.me"}`. */
  readonly alone: ByteString;
}

/**
 * Renders the lines of a family in a text format (docs/reference/collector-behaviour.md#order-of-the-output, #text-format,
 * #openmetrics-format).
 */
export class TextFamily implements FamilyRenderer {
  readonly head: ByteString;
  readonly tail = '';
  readonly #dialect: TextDialect;
  readonly #labels: TextLabels;
  /**
   * Whether exemplars are written. Prometheus refuses a response with an exemplar in a family of type unknown.
   * OpenMetrics turns a counter without `_total` into such a family.
   */
  readonly #takesExemplars: boolean;
  readonly #sample: SampleName;
  readonly #bucket: SampleName;
  readonly #sum: SampleName;
  readonly #count: SampleName;
  readonly #family: MetricFamily;
  readonly #budget: RenderBudget | undefined;
  #boundTexts: { bounds: readonly number[]; texts: string[] } = { bounds: [], texts: [] };

  constructor(family: MetricFamily, { dialect, scheme, budget }: TextFamilyOptions) {
    const name = escapeName(family.name, scheme);
    const header = dialect.header(family, name);
    const quoted = quoteName(header.name);
    this.head = `# HELP ${quoted} ${dialect.help(family.help)}\n# TYPE ${quoted} ${header.type}\n`;
    this.#dialect = dialect;
    this.#takesExemplars = dialect.hasExemplars && header.type !== 'unknown';
    this.#labels = new TextLabels(scheme, budget);
    this.#family = family;
    this.#budget = budget;
    this.#sample = sampleName(name);
    this.#bucket = sampleName(`${name}_bucket`);
    this.#sum = sampleName(`${name}_sum`);
    this.#count = sampleName(`${name}_count`);
  }

  series(series: Series): ByteString {
    const labels = this.#labels.text(series.labels);
    const stamp = series.timestampMs === undefined ? '' : this.#dialect.timestamp(series.timestampMs);
    switch (series.kind) {
      case 'number': {
        const exemplar = this.#takesExemplars ? this.#dialect.exemplar(series.exemplar) : '';
        return `${start(this.#sample, labels)} ${this.#dialect.float(series.value)}${stamp}${exemplar}\n`;
      }
      case 'summary':
        return this.#summary(series, labels, stamp);
      default:
        return this.#histogram(series, labels, stamp);
    }
  }

  #summary(series: SummarySeries, labels: ByteString, stamp: string): ByteString {
    const { float } = this.#dialect;
    const open = startWithExtra(this.#sample, labels, 'quantile');
    if (this.#isTooLong(open, series.quantiles.length + 2)) return '';
    let lines = '';
    for (let i = 0; i < series.quantiles.length; i++) {
      lines += `${open}${float(series.quantiles[i] as number)}"} ${float(series.values[i] as number)}${stamp}\n`;
    }
    return lines + this.#totals(series, labels, stamp);
  }

  #histogram(series: HistogramSeries | NativeHistogramSeries, labels: ByteString, stamp: string): ByteString {
    const { count, exemplar } = this.#dialect;
    const buckets = series.kind === 'histogram' ? series : series.classic;
    const exemplars = this.#takesExemplars && series.kind === 'histogram' ? series.exemplars : undefined;
    const open = startWithExtra(this.#bucket, labels, 'le');
    let lines = '';
    const { upperBounds, cumulativeCounts } = buckets ?? noBuckets;
    if (this.#isTooLong(open, upperBounds.length + 3)) return '';
    const bounds = this.#boundsOf(upperBounds);
    for (let i = 0; i < upperBounds.length; i++) {
      lines += `${open}${bounds[i]}"} ${count(cumulativeCounts[i] as number)}${stamp}${exemplar(exemplars?.[i])}\n`;
    }
    if (!upperBounds.includes(Number.POSITIVE_INFINITY)) {
      lines += `${open}+Inf"} ${count(series.count)}${stamp}${exemplar(exemplars?.[upperBounds.length])}\n`;
    }
    return lines + this.#totals(series, labels, stamp);
  }

  #totals(series: { readonly sum: number; readonly count: number }, labels: ByteString, stamp: string): ByteString {
    const { float, count } = this.#dialect;
    return `${start(this.#sum, labels)} ${float(series.sum)}${stamp}\n${start(this.#count, labels)} ${count(series.count)}${stamp}\n`;
  }

  /**
   * Whether `lines` lines that begin with this text exceed the size limit of one series. The rest of a line is only a
   * few numbers.
   */
  #isTooLong(open: ByteString, lines: number): boolean {
    const max = this.#budget?.maxSeriesBytes ?? defaultMaxSeriesBytes;
    if (open.length * lines <= max) return false;
    this.#budget?.omitted(this.#family);
    return true;
  }

  /** Returns the texts of the bounds. Consecutive series of one family nearly always have the same bounds. */
  #boundsOf(bounds: readonly number[]): readonly string[] {
    const last = this.#boundTexts;
    if (last.bounds !== bounds && !isSame(last.bounds, bounds)) {
      this.#boundTexts = { bounds, texts: bounds.map(this.#dialect.float) };
    }
    return this.#boundTexts.texts;
  }
}

function sampleName(name: ByteString): SampleName {
  if (isLegacyName(name)) return { open: `${name}{`, alone: name };
  const quoted = `{"${escapeQuoted(name)}"`;
  return { open: `${quoted},`, alone: `${quoted}}` };
}

function start(name: SampleName, labels: ByteString): ByteString {
  return labels === '' ? name.alone : `${name.open + labels}}`;
}

function startWithExtra(name: SampleName, labels: ByteString, extra: string): ByteString {
  return labels === '' ? `${name.open}${extra}="` : `${name.open + labels},${extra}="`;
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
