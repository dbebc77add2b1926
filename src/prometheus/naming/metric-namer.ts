import { quoteGo } from '#go/quote.ts';
import { NameError } from './name-error.ts';
import { strategyRules, type TranslationStrategy } from './strategy.ts';
import { classicUnitSuffixes, unitSuffixes } from './unit-namer.ts';

/**
 * Properties that determine a metric name. `type` is `counter` for a monotonic sum, `gauge` for a gauge, and `other`
 * for everything else, including non-monotonic sums.
 */
export interface NameableMetric {
  readonly name: string;
  readonly unit: string;
  readonly type: 'counter' | 'gauge' | 'other';
}

/** Called with each applied rule and the resulting name. */
export type NoteRule = (rule: string, name: string) => void;

/**
 * Translates the names of OTLP metrics to Prometheus names (docs/reference/collector-behaviour.md#metric-names). Text can contain
 * invalid bytes as lone surrogates, see `utf8.ts`. Names with suffixes keep the namespace unchanged. Names that are not
 * legacy-valid are escaped or quoted at output.
 */
export class MetricNamer {
  readonly #namespace: string;
  readonly #withSuffixes: boolean;
  readonly #keepsUtf8: boolean;

  constructor(strategy: TranslationStrategy, namespace: string) {
    const rules = strategyRules(strategy);
    this.#namespace = namespace;
    this.#withSuffixes = rules.withSuffixes;
    this.#keepsUtf8 = rules.keepsUtf8;
  }

  /**
   * Returns the full name, which is not empty and is valid UTF-8.
   * @throws NameError if there is no such name
   */
  name(metric: NameableMetric, note?: NoteRule): string {
    const name = this.#keepsUtf8 ? this.#utf8Name(metric, note) : this.#classicName(metric, note);
    if (name === '' || !name.isWellFormed()) throw new NameError(`${quoteGo(name)} is not a valid metric name`);
    return name;
  }

  #classicName(metric: NameableMetric, note?: NoteRule): string {
    const name = this.#withSuffixes ? this.#tokenName(metric, note) : this.#joinedName(metric.name, note);
    if (name === '') {
      throw new NameError(`normalization for metric ${quoteGo(metric.name)} resulted in empty name`);
    }
    if (name !== metric.name && /^_*$/.test(name)) {
      throw new NameError(`normalization for metric ${quoteGo(metric.name)} resulted in invalid name ${quoteGo(name)}`);
    }
    return name;
  }

  /**
   * Name with suffixes, legacy characters only. The name is split into tokens, and a suffix that already is a token is
   * not added again.
   */
  #tokenName({ name, unit, type }: NameableMetric, note?: NoteRule): string {
    let tokens = name.split(/[^a-zA-Z0-9:]+/).filter((token) => token !== '');
    note?.('characters', tokens.join('_'));
    tokens.push(...unitTokens(tokens, unit));
    note?.('unit', tokens.join('_'));
    if (type === 'counter') tokens = [...tokens.filter((token) => token !== 'total'), 'total'];
    note?.('counter', tokens.join('_'));
    if (type === 'gauge' && unit === '1') tokens = [...tokens.filter((token) => token !== 'ratio'), 'ratio'];
    note?.('ratio', tokens.join('_'));
    if (this.#namespace !== '') tokens.unshift(this.#namespace);
    note?.('namespace', tokens.join('_'));
    return prefixDigit(tokens.join('_'));
  }

  /**
   * Name without suffixes, legacy characters only. Underscores do not change. A name with a namespace keeps a leading
   * digit.
   */
  #joinedName(name: string, note?: NoteRule): string {
    const joined = joinClassic(name);
    note?.('characters', joined);
    return this.#namespace === '' ? prefixDigit(joined) : `${joinClassic(this.#namespace)}_${joined}`;
  }

  #utf8Name({ name, unit, type }: NameableMetric, note?: NoteRule): string {
    let built = this.#namespace === '' ? name : `${this.#namespace}_${name}`;
    note?.('namespace', built);
    if (!this.#withSuffixes) return built;
    let ending = '';
    const strip = (suffix: string) => {
      built = trimSuffix(built, suffix);
      ending = `_${suffix}${ending}`;
    };
    if (type === 'gauge' && unit === '1') strip('ratio');
    if (type === 'counter') strip('total');
    const { main, per } = unitSuffixes(unit);
    if (per !== '') strip(per);
    if (main !== '' && !built.endsWith(main)) built += `_${main}`;
    note?.('unit', built);
    return built + ending;
  }
}

/**
 * Returns the suffixes of the unit that are not tokens of the name yet. The main suffix loses one trailing underscore
 * if a `per` suffix follows.
 */
function unitTokens(tokens: readonly string[], unit: string): string[] {
  const suffixes = classicUnitSuffixes(unit);
  let main = tokens.includes(suffixes.main) ? '' : suffixes.main;
  let per = suffixes.per === 'per_' ? '' : suffixes.per.replace(/_$/, '');
  if (tokens.includes(per)) per = '';
  if (per !== '') main = main.replace(/_$/, '');
  return [main, per].filter((suffix) => suffix !== '');
}

function joinClassic(text: string): string {
  return text
    .split(/[^a-zA-Z0-9:_]+/)
    .filter((token) => token !== '')
    .join('_');
}

function prefixDigit(name: string): string {
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** Removes the suffix and the *byte* before it, unless nothing would remain. */
function trimSuffix(name: string, suffix: string): string {
  if (!name.endsWith(suffix)) return name;
  const stem = name.slice(0, name.length - suffix.length);
  const last = Array.from(stem.slice(-2)).at(-1) ?? '';
  const rest = stem.slice(0, stem.length - last.length);
  const partial = withoutLastByte(last);
  return rest === '' && partial === '' ? name : rest + partial;
}

/**
 * Returns the remains of a character whose last byte was removed. The other bytes are invalid, so the name is refused
 * later.
 */
function withoutLastByte(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x80 || (code >= 0xdc80 && code <= 0xdcff)) return '';
  const bytes = new TextEncoder().encode(char).subarray(0, -1);
  return String.fromCharCode(...Array.from(bytes, (byte) => 0xdc00 | byte));
}
