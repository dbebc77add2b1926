import type { ComponentSettings } from '#component/component.ts';
import { LogOnce } from '#series/log-once.ts';
import type { Refusal, RefusalReason } from './translate/translator.ts';

/** Maximum number of metrics to name in the log. */
const maxLogged = 100;

/** Counts points that have no form in Prometheus, by reason, and names each metric in the log once. */
export class RefusedPoints {
  readonly #settings: ComponentSettings;
  readonly #logged: LogOnce;
  readonly #counters = new Map<RefusalReason, { add(value: number): void }>();
  readonly #failedTranslations: { add(value: number): void };

  constructor(settings: ComponentSettings, endpoint: string) {
    this.#settings = settings;
    this.#logged = new LogOnce(settings.logger, maxLogged);
    this.#failedTranslations = settings.metrics.counter(
      'otelcol_exporter_prometheusremotewrite_failed_translations',
      'Number of translation operations that failed to translate metrics from Otel to Prometheus [Development]',
      { exporter: settings.id, endpoint },
    );
  }

  /** Counts what is left out of one request. */
  add(refused: readonly Refusal[]): void {
    if (refused.length === 0) return;
    this.#failedTranslations.add(1);
    for (const { metric, reason, message, points } of refused) {
      if (points > 0) this.#counter(reason).add(points);
      this.#logged.warn(`${metric} ${reason}`, 'Data points dropped', { metric, reason: message });
    }
  }

  #counter(reason: RefusalReason): { add(value: number): void } {
    let counter = this.#counters.get(reason);
    if (counter === undefined) {
      counter = this.#settings.metrics.counter(
        'pitot_remote_write_dropped_points_total',
        'Total number of data points that cannot be sent by Remote Write, by reason.',
        { exporter: this.#settings.id, reason },
      );
      this.#counters.set(reason, counter);
    }
    return counter;
  }
}
