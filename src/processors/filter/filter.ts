import type { Component, ComponentSettings } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { RetryableError } from '#component/errors.ts';
import { type ContextName, OttlContext } from '#ottl/context.ts';
import { anyHolds, type Report } from '#ottl/error-mode.ts';
import { OttlError } from '#ottl/ottl-error.ts';
import type { OttlSignal } from '#ottl/signal-contexts.ts';
import { map } from '#ottl/value.ts';
import { conditionGroups } from './condition-groups.ts';
import type { FilterConfig } from './config.ts';

/** Items of a request that one pass drops. */
export interface Drops {
  readonly context: OttlContext;
  /** Whether there are conditions for a kind of item. */
  has(name: ContextName): boolean;
  /** Whether to drop the item of a kind in the current context. */
  drops(name: ContextName): boolean;
}

/** Counts and filters the items of a signal. */
export interface FilteredSignal<Data> {
  readonly signal: OttlSignal;
  /** Name and description of the metric that counts dropped items. */
  readonly counter: readonly [name: string, description: string];
  count(data: Data): number;
  /**
   * Returns data without dropped items and without parents that become empty: the same object if nothing is dropped,
   * undefined if nothing remains.
   */
  filter(data: Data, drops: Drops): Data | undefined;
  /** Items that the older settings keep. Undefined without such settings. */
  readonly keeps: ((context: OttlContext) => boolean) | undefined;
  /** The context of these items. */
  readonly item: ContextName;
}

/**
 * Drops telemetry for which a condition holds. If nothing remains, the client receives a success response, and the next
 * stage is not called.
 */
export class FilterProcessor<Data> implements Component, Consumer<Data> {
  readonly #next: Consumer<Data>;
  readonly #filtered: FilteredSignal<Data>;
  readonly #passes: readonly ((context: OttlContext) => Drops)[];
  readonly #dropped: { add(value: number): void };

  constructor(
    config: FilterConfig,
    { settings, next, filtered }: { settings: ComponentSettings; next: Consumer<Data>; filtered: FilteredSignal<Data> },
  ) {
    this.#next = next;
    this.#filtered = filtered;
    const report: Report = (message, fields) => settings.logger.warn(message, fields);
    const groups = conditionGroups(config, filtered.signal);
    this.#passes = groups.map(({ conditions, errorMode }) => (context) => ({
      context,
      has: (name) => conditions.has(name),
      drops: (name) => {
        const list = conditions.get(name);
        if (!list) return false;
        context.cache = map([]);
        return anyHolds(list, context, { errorMode, report });
      },
    }));
    const { keeps, item } = filtered;
    if (keeps) {
      const pass = (context: OttlContext): Drops => ({
        context,
        has: (name) => name === item,
        drops: (name) => name === item && !keeps(context),
      });
      this.#passes = [...this.#passes, pass];
    }
    const [name, description] = filtered.counter;
    this.#dropped = settings.metrics.counter(name, description, { filter: settings.id });
  }

  async start(): Promise<void> {}

  async shutdown(): Promise<void> {}

  consume(data: Data, client: ClientContext): Promise<void> | undefined {
    if (this.#passes.length === 0) return this.#next.consume(data, client);
    const context = new OttlContext();
    context.client = client;
    const { count, filter } = this.#filtered;
    let left: Data | undefined = data;
    try {
      for (const pass of this.#passes) left &&= filter(left, pass(context));
    } catch (error) {
      if (error instanceof OttlError) throw new RetryableError(error.message);
      throw error;
    }
    if (left === data) return this.#next.consume(data, client);
    this.#dropped.add(count(data) - (left ? count(left) : 0));
    return left && this.#next.consume(left, client);
  }
}
