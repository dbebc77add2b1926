import { hashText } from '#bytes/hash-text.ts';
import type { Clock, Logger, OwnMetrics } from '#component/component.ts';
import type { KeyValue } from '#pdata/attributes.ts';
import { valueText } from '#pdata/value-text.ts';

/** Values of one attribute within `windowMs` from which on it is reported. */
const manyValues = 200;
/** Fraction of the values of the reported attribute from which another attribute is named, too: a pod has a name, a UID, and an address. */
const nearlyMany = 0.9;
/** Limits of the count. */
const maxValues = 10_000;
const maxKeys = 100;

interface CountedAttribute {
  readonly values: Set<number>;
  /** Number of values in the window before. */
  before: number;
}

/** Settings and dependencies of {@link ResourceAttributeValues}. */
export interface ResourceAttributeOptions {
  readonly id: string;
  readonly logger: Logger;
  readonly metrics: OwnMetrics;
  readonly clock: Clock;
  /** Time for which a series stays, ms. */
  readonly windowMs: number;
}

/**
 * Counts the values of the resource attributes that become labels. With accumulation, a label with a value for each process, such as the name
 * of a pod, creates new series all the time, and they stay for `series_expiration`.
 */
export class ResourceAttributeValues {
  readonly #options: ResourceAttributeOptions;
  readonly #counted = new Map<string, CountedAttribute>();
  readonly #reported = new Set<string>();
  #windowStartMs: number;
  #isLogged = false;

  constructor(options: ResourceAttributeOptions) {
    this.#options = options;
    this.#windowStartMs = options.clock.monotonic();
  }

  /** Counts the attributes of a resource that become labels. */
  add(attributes: Iterable<KeyValue>): void {
    this.#startWindow();
    let isMany = false;
    for (const { key, value } of attributes) {
      const { values } = this.#countedOf(key) ?? {};
      if (values === undefined || values.size >= maxValues) continue;
      values.add(hashText(valueText(value), 0));
      if (values.size >= manyValues && !this.#reported.has(key)) isMany = true;
    }
    if (isMany) this.#report();
  }

  #report(): void {
    const keys = [...this.#counted].filter(([, { values }]) => values.size >= manyValues * nearlyMany);
    for (const [key, counted] of keys) {
      if (this.#reported.has(key)) continue;
      this.#reported.add(key);
      this.#options.metrics.gauge(
        'pitot_prometheus_resource_attribute_values',
        'Number of values of a resource attribute that becomes a label, if there are many. Each of them adds series.',
        { exporter: this.#options.id, attribute: key },
        () => Math.max(counted.before, counted.values.size),
      );
    }
    if (this.#isLogged) return;
    this.#isLogged = true;
    this.#options.logger.warn(
      'Resource attributes with many values become labels, so that each new value adds series; add those that only identify a process to accumulation::process_attributes',
      { attributes: keys.map(([key]) => key), values: manyValues },
    );
  }

  #countedOf(key: string): CountedAttribute | undefined {
    let counted = this.#counted.get(key);
    if (counted === undefined && this.#counted.size < maxKeys) {
      counted = { values: new Set(), before: 0 };
      this.#counted.set(key, counted);
    }
    return counted;
  }

  /** Values of earlier days do not count: nodes and versions change slowly. */
  #startWindow(): void {
    const nowMs = this.#options.clock.monotonic();
    if (nowMs - this.#windowStartMs <= this.#options.windowMs) return;
    this.#windowStartMs = nowMs;
    for (const [key, counted] of this.#counted) {
      counted.before = counted.values.size;
      counted.values.clear();
      if (counted.before === 0 && !this.#reported.has(key)) this.#counted.delete(key);
    }
  }
}
