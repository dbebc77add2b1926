/** Values of `translation_strategy` (docs/reference/collector-behaviour.md#translation-strategy). */
export type TranslationStrategy =
  | 'UnderscoreEscapingWithSuffixes'
  | 'UnderscoreEscapingWithoutSuffixes'
  | 'NoUTF8EscapingWithSuffixes'
  | 'NoTranslation';

/**
 * Returns the rules of a strategy: whether unit and type become suffixes, and whether characters outside the legacy set
 * are kept.
 */
export function strategyRules(strategy: TranslationStrategy): { withSuffixes: boolean; keepsUtf8: boolean } {
  return {
    withSuffixes: strategy === 'UnderscoreEscapingWithSuffixes' || strategy === 'NoUTF8EscapingWithSuffixes',
    keepsUtf8: strategy === 'NoUTF8EscapingWithSuffixes' || strategy === 'NoTranslation',
  };
}
