import { quoteGo } from '#go/quote.ts';
import { NameError } from './name-error.ts';
import { strategyRules, type TranslationStrategy } from './strategy.ts';

/**
 * Translates attribute keys to label names (docs/reference/collector-behaviour.md#label-names). Text can contain
 * invalid bytes as lone surrogates, see `utf8.ts`. Escaping strategies replace each of them with `_`. Other strategies
 * keep them, and the label name is then invalid (check with `isWellFormed`).
 */
export class LabelNamer {
  readonly #keepsUtf8: boolean;
  readonly #keepsSeries: boolean;

  /**
   * `keepsSeries`: whether to add a prefix to a key that becomes an invalid label name when it is escaped. Without it,
   * the name is invalid and the series is dropped, same as in the Collector.
   */
  constructor(strategy: TranslationStrategy, { keepsSeries = false }: { readonly keepsSeries?: boolean } = {}) {
    this.#keepsUtf8 = strategyRules(strategy).keepsUtf8;
    this.#keepsSeries = keepsSeries;
  }

  /**
   * Returns the label name of an attribute key, or undefined for the empty key, which cannot have one (omit and count
   * it). Keys that consist of underscores, and keys between `__` and `__`, get the prefix of the Prometheus translator,
   * where the Collector would drop the series: `___` → `key___`, `__name__` → `key__name__`. With `keepsSeries`, the
   * same applies to keys without Latin letters and digits, which escaping reduces to underscores: `日本` → `key__`.
   */
  name(key: string): string | undefined {
    if (key === '') return undefined;
    const name = this.#sanitize(key);
    const isReserved = /^(?:_+|__.*__)$/s.test(key) || (this.#keepsSeries && !this.#keepsUtf8 && !isLabelName(name));
    return isReserved ? `key${name}` : name;
  }

  /**
   * Returns a label name by the Collector's rule, without that prefix. Used for the namespace of `target_info`.
   * @throws NameError if there is no valid name
   */
  strictName(text: string): string {
    if (text === '') throw new NameError('label name is empty');
    const name = this.#sanitize(text);
    if (!/^_*$/.test(name)) return name;
    throw new NameError(
      this.#keepsUtf8
        ? `label name ${quoteGo(text)} contains only underscores`
        : `normalization for label name ${quoteGo(text)} resulted in invalid name ${quoteGo(name)}`,
    );
  }

  #sanitize(key: string): string {
    if (this.#keepsUtf8) return key;
    const name = key.replace(/[^a-zA-Z0-9]/gu, '_');
    return /^[0-9]/.test(name) ? `key_${name}` : name;
  }
}

/** Whether a series can have a label of this name. Prometheus reserves `__…`, and the translator refuses `_`. */
export function isLabelName(name: string): boolean {
  return name.isWellFormed() && name !== '_' && !name.startsWith('__');
}
