import type { OwnMetrics } from '#component/component.ts';

/**
 * Own metrics of components that are being built and might be discarded. Their gauges would replace those of running
 * components, so they are registered only when the components are applied.
 */
export class StagedMetrics implements OwnMetrics {
  readonly #metrics: OwnMetrics;
  #gauges: (() => void)[] | undefined = [];

  constructor(metrics: OwnMetrics) {
    this.#metrics = metrics;
  }

  /** Registers the gauges so far. Later ones are registered immediately. */
  commit(): void {
    const gauges = this.#gauges ?? [];
    this.#gauges = undefined;
    for (const register of gauges) register();
  }

  gauge(...arguments_: Parameters<OwnMetrics['gauge']>): void {
    const register = () => this.#metrics.gauge(...arguments_);
    if (this.#gauges) this.#gauges.push(register);
    else register();
  }

  counter(...arguments_: Parameters<OwnMetrics['counter']>): ReturnType<OwnMetrics['counter']> {
    return this.#metrics.counter(...arguments_);
  }

  upDownCounter(...arguments_: Parameters<OwnMetrics['upDownCounter']>): ReturnType<OwnMetrics['upDownCounter']> {
    return this.#metrics.upDownCounter(...arguments_);
  }

  histogram(...arguments_: Parameters<OwnMetrics['histogram']>): ReturnType<OwnMetrics['histogram']> {
    return this.#metrics.histogram(...arguments_);
  }
}
