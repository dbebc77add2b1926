import type { Component, ComponentSettings } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { RetryableError } from '#component/errors.ts';
import { type ContextName, OttlContext } from '#ottl/context.ts';
import { anyHolds, type Report, runAll } from '#ottl/error-mode.ts';
import { OttlError } from '#ottl/ottl-error.ts';
import type { OttlSignal } from '#ottl/signal-contexts.ts';
import { map } from '#ottl/value.ts';
import type { KeyValueList } from '#pdata/attributes.ts';
import { statementKeys, type TransformConfig } from './config.ts';
import { compiledGroup, type StatementGroup } from './statement-groups.ts';

/** Runs the statements of a group for the item in the context. */
type RunGroup = (context: OttlContext) => void;

/** Returns data in which a group of statements ran for each of its items. Unchanged parts are the same objects. */
export type TransformData<Data> = (data: Data, step: TransformStep) => Data;

/** A group of statements for one context. */
export interface TransformStep {
  /** The item that the statements change. */
  readonly name: ContextName;
  readonly context: OttlContext;
  readonly run: RunGroup;
  readonly warn: Report;
}

interface TransformOptions<Data> {
  readonly signal: OttlSignal;
  readonly transform: TransformData<Data>;
}

/** Changes telemetry by OTTL statements, group by group in the order of the configuration. */
export class TransformProcessor<Data> implements Component, Consumer<Data> {
  readonly #next: Consumer<Data>;
  readonly #groups: readonly StatementGroup[];
  readonly #transform: TransformData<Data>;
  readonly #report: Report;

  constructor(
    config: TransformConfig,
    {
      settings,
      next,
      signal,
      transform,
    }: TransformOptions<Data> & { settings: ComponentSettings; next: Consumer<Data> },
  ) {
    const { errorMode } = config;
    this.#next = next;
    this.#groups = config[statementKeys[signal]].map((group) => compiledGroup(group, { signal, errorMode }));
    this.#transform = transform;
    this.#report = (message, fields) => settings.logger.warn(message, fields);
  }

  async start(): Promise<void> {}

  async shutdown(): Promise<void> {}

  consume(data: Data, client: ClientContext): Promise<void> | undefined {
    if (this.#groups.length === 0) return this.#next.consume(data, client);
    const context = new OttlContext();
    context.client = client;
    const caches = new Map<ContextName, KeyValueList>();
    try {
      let changed = data;
      for (const group of this.#groups) {
        const run: RunGroup = () => this.#run(group, context, caches);
        changed = this.#transform(changed, { name: group.context, context, run, warn: this.#report });
      }
      return this.#next.consume(changed, client);
    } catch (error) {
      if (error instanceof OttlError) throw new RetryableError(error.message);
      throw error;
    }
  }

  #run(group: StatementGroup, context: OttlContext, caches: Map<ContextName, KeyValueList>): void {
    const handling = { errorMode: group.errorMode, report: this.#report };
    context.cache = (group.sharesCache ? caches.get(group.context) : undefined) ?? map([]);
    if (group.conditions.length > 0 && !anyHolds(group.conditions, context, handling)) return;
    runAll(group.statements, context, handling);
    if (group.sharesCache) caches.set(group.context, context.cache);
  }
}
