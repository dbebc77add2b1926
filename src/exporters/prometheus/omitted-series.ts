import { fromByteString } from '#bytes/utf8.ts';
import type { ComponentSettings } from '#component/component.ts';
import type { MetricFamily } from '#prometheus/metric-family.ts';

/** Names of families that are logged. */
const loggedLimit = 100;

/** Counts series that are left out of a response because their lines are too long, and logs each family once. */
export class OmittedSeries {
  readonly #counter: { add(value: number): void };
  readonly #logger: ComponentSettings['logger'];
  readonly #logged = new Set<string>();

  constructor({ id, metrics, logger }: Pick<ComponentSettings, 'id' | 'metrics' | 'logger'>) {
    this.#logger = logger;
    this.#counter = metrics.counter(
      'pitot_prometheus_omitted_series_total',
      'Series left out when their family was rendered, because their lines have more than 1 MiB.',
      { exporter: id },
    );
  }

  add({ name }: MetricFamily): void {
    this.#counter.add(1);
    if (this.#logged.has(name) || this.#logged.size >= loggedLimit) return;
    this.#logged.add(name);
    this.#logger.warn('A series is left out because its lines have more than 1 MiB', { metric: fromByteString(name) });
  }
}
