import { fromByteString } from '#bytes/utf8.ts';
import type { ComponentSettings } from '#component/component.ts';
import type { MetricFamily } from '#prometheus/metric-family.ts';

/** Maximum number of family names to log. */
const loggedLimit = 100;

/** Counts series that are omitted from a response because their lines are too long, and logs each family once. */
export class OmittedSeries {
  readonly #counter: { add(value: number): void };
  readonly #logger: ComponentSettings['logger'];
  readonly #logged = new Set<string>();

  constructor({ id, metrics, logger }: Pick<ComponentSettings, 'id' | 'metrics' | 'logger'>) {
    this.#logger = logger;
    this.#counter = metrics.counter(
      'pitot_prometheus_omitted_series_total',
      'Total number of series omitted from a response because their lines exceed 1 MiB.',
      { exporter: id },
    );
  }

  add({ name }: MetricFamily): void {
    this.#counter.add(1);
    if (this.#logged.has(name) || this.#logged.size >= loggedLimit) return;
    this.#logged.add(name);
    this.#logger.warn('Series omitted because its lines exceed 1 MiB', { metric: fromByteString(name) });
  }
}
