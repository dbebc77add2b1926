import { toByteString } from '#bytes/utf8.ts';
import type { Logger } from '#component/component.ts';
import { isGateEnabled } from '#config/feature-gates.ts';
import type { ByteString } from '../metric-family.ts';
import { LabelNamer } from '../naming/label-namer.ts';
import { MetricNamer } from '../naming/metric-namer.ts';
import { NameError } from '../naming/name-error.ts';
import type { TranslationStrategy } from '../naming/strategy.ts';

/** Settings that determine names. */
export interface NamingConfig {
  /** Prefix of every metric name; `''` if there is none. */
  readonly namespace: string;
  /** A TranslationStrategy, or `''` for the default. */
  readonly translationStrategy: string;
  readonly addMetricSuffixes: boolean;
  /** Whether to add a prefix to keys that become invalid label names when they are escaped; see {@link LabelNamer}. */
  readonly keepsSeries: boolean;
}

/** Namers and names that result from the naming settings. */
export interface Translation {
  readonly metricNamer: MetricNamer;
  readonly labelNamer: LabelNamer;
  /** Name of the target_info family. */
  readonly targetInfoName: ByteString;
  readonly strategy: TranslationStrategy;
}

/**
 * Evaluates the naming settings (docs/reference/collector-behaviour.md#translation-strategy), and logs which of them have no
 * effect.
 */
export function translationOf(config: NamingConfig, logger: Logger): Translation {
  const strategy = strategyOf(config, logger);
  const labelNamer = new LabelNamer(strategy, { keepsSeries: config.keepsSeries });
  return {
    strategy,
    metricNamer: new MetricNamer(strategy, config.namespace),
    labelNamer,
    targetInfoName: toByteString(`${infoPrefix(config.namespace, labelNamer, logger)}target_info`),
  };
}

function strategyOf({ translationStrategy, addMetricSuffixes }: NamingConfig, logger: Logger): TranslationStrategy {
  if (translationStrategy !== '') return translationStrategy as TranslationStrategy;
  if (addMetricSuffixes) return 'UnderscoreEscapingWithSuffixes';
  if (!isGateEnabled('exporter.prometheusexporter.DisableAddMetricSuffixes'))
    return 'UnderscoreEscapingWithoutSuffixes';
  logger.warn(
    'add_metric_suffixes has no effect, same as in the Collector; set translation_strategy to UnderscoreEscapingWithoutSuffixes instead',
  );
  return 'UnderscoreEscapingWithSuffixes';
}

function infoPrefix(namespace: string, labelNamer: LabelNamer, logger: Logger): string {
  if (namespace === '') return '';
  try {
    return `${labelNamer.strictName(namespace)}_`;
  } catch (error) {
    if (!(error instanceof NameError)) throw error;
    logger.error('failed to build namespace, ignoring', { error: error.message });
    return '';
  }
}
