import { LabelNamer } from '#prometheus/naming/label-namer.ts';
import { MetricNamer } from '#prometheus/naming/metric-namer.ts';
import { strategyRules, type TranslationStrategy } from '#prometheus/naming/strategy.ts';
import { Translator } from './translate/translator.ts';

/** Settings that determine the series of a data point. */
export interface TranslationConfig {
  readonly namespace: string;
  /** A TranslationStrategy, or `''`: then `addMetricSuffixes` applies. */
  readonly translationStrategy: string;
  readonly addMetricSuffixes: boolean;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly disableScopeInfo: boolean;
  readonly targetInfo: { readonly enabled: boolean };
  readonly convertExplicitHistogramsToNhcb: boolean;
  readonly keepClassicHistograms: boolean;
}

/**
 * Creates a translator. `onOmitted` is called for each empty attribute key of a new set of labels, which has no label.
 * @throws Error if an external label has no name or no value
 */
export function createTranslator(config: TranslationConfig, onOmitted: () => void): Translator {
  const strategy = strategyOf(config);
  const namer = new LabelNamer(strategy, { keepsSeries: true });
  return new Translator({
    namespace: config.namespace,
    namer: new MetricNamer(strategy, config.namespace),
    keepsUtf8: strategyRules(strategy).keepsUtf8,
    labelName: (key) => {
      const name = namer.name(key);
      if (name === undefined) onOmitted();
      return name;
    },
    externalLabels: externalLabelsOf(config.externalLabels, namer),
    hasScopeLabels: !config.disableScopeInfo,
    hasTargetInfo: config.targetInfo.enabled,
    explicitHistograms: {
      custom: config.convertExplicitHistogramsToNhcb,
      classic: !config.convertExplicitHistogramsToNhcb || config.keepClassicHistograms,
    },
  });
}

/** Returns the strategy that the settings select. */
export function strategyOf({
  translationStrategy,
  addMetricSuffixes,
}: Pick<TranslationConfig, 'translationStrategy' | 'addMetricSuffixes'>): TranslationStrategy {
  if (translationStrategy !== '') return translationStrategy as TranslationStrategy;
  return addMetricSuffixes ? 'UnderscoreEscapingWithSuffixes' : 'UnderscoreEscapingWithoutSuffixes';
}

function externalLabelsOf(labels: Readonly<Record<string, string>>, namer: LabelNamer): Map<string, string> {
  const translated = new Map<string, string>();
  for (const [key, value] of Object.entries(labels)) {
    if (key === '' || value === '') {
      // Same text as the Collector.
      throw new Error('prometheus remote write: external labels configuration contains an empty key or value');
    }
    translated.set(namer.strictName(key), value);
  }
  return translated;
}
