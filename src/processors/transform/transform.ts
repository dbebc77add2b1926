import type { Component, ComponentSettings } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { PermanentError } from '#component/errors.ts';
import { type CompiledCondition, type CompiledStatement, compileCondition, compileStatement } from '#ottl/compile.ts';
import { type ContextName, noMetric, OttlContext } from '#ottl/context.ts';
import { OttlError } from '#ottl/ottl-error.ts';
import { map } from '#ottl/value.ts';
import type { DataPoint, Metric, Metrics, ResourceMetrics, ScopeMetrics } from '#pdata/metrics.ts';
import type { TransformConfig } from './config.ts';
import { statementGroups } from './statement-groups.ts';

/**
 * Changes metrics with OTTL statements, group by group in the order of the configuration
 * (docs/reference/collector-behaviour.md#transform-processor). Items are immutable: a statement creates new objects for its changes
 * and shares the rest.
 */
export class TransformProcessor implements Component, Consumer<Metrics> {
  readonly #next: Consumer<Metrics>;
  readonly #settings: ComponentSettings;
  readonly #errorMode: TransformConfig['errorMode'];
  readonly #groups: readonly CompiledGroup[];

  constructor(config: TransformConfig, settings: ComponentSettings, next: Consumer<Metrics>) {
    this.#next = next;
    this.#settings = settings;
    this.#errorMode = config.errorMode;
    this.#groups = statementGroups(config.metricStatements).groups.map(({ context, conditions, statements }) => ({
      context,
      conditions: conditions.map((text) => compileCondition(text, context)),
      statements: statements.map((text) => ({ text, run: compileStatement(text, context) })),
    }));
  }

  async start(): Promise<void> {}

  async shutdown(): Promise<void> {}

  consume(metrics: Metrics, client: ClientContext): Promise<void> | undefined {
    let { resourceMetrics } = metrics;
    for (const group of this.#groups) resourceMetrics = resourceMetrics.map((each) => this.#resource(each, group));
    const scopes = resourceMetrics.flatMap((each) => each.scopeMetrics);
    const dataPointCount = scopes.reduce((sum, scope) => sum + pointsOf(scope), 0);
    return this.#next.consume({ resourceMetrics, dataPointCount }, client);
  }

  #resource({ resource, schemaUrl, scopeMetrics }: ResourceMetrics, group: CompiledGroup): ResourceMetrics {
    const nowhere = { name: '', version: '', attributes: { entries: [] }, droppedAttributesCount: 0 };
    const context = new OttlContext(resource, schemaUrl, nowhere, '');
    if (group.context === 'resource') {
      this.#run(group, context);
      return { resource: context.resource, schemaUrl: context.resourceSchemaUrl, scopeMetrics };
    }
    const changed = scopeMetrics.map((scope) => this.#scope(scope, group, context));
    return { resource: context.resource, schemaUrl: context.resourceSchemaUrl, scopeMetrics: changed };
  }

  #scope({ scope, schemaUrl, metrics }: ScopeMetrics, group: CompiledGroup, context: OttlContext): ScopeMetrics {
    context.scope = scope;
    context.scopeSchemaUrl = schemaUrl;
    let changed: readonly Metric[] = metrics;
    if (group.context === 'scope') {
      context.metric = noMetric;
      this.#run(group, context);
    } else {
      context.added = [];
      // Metrics that a statement adds stand at the end, and the statement sees them too, as in the collector.
      const kept: Metric[] = [];
      const queue = [...metrics];
      for (let index = 0; index < queue.length && index < metrics.length + maxAdded; index++) {
        kept.push(this.#metric(queue[index]!, group, context));
        if (index < metrics.length) queue.push(...context.added);
        context.added = [];
      }
      changed = kept;
    }
    return { scope: context.scope, schemaUrl: context.scopeSchemaUrl, metrics: changed };
  }

  #metric(metric: Metric, group: CompiledGroup, context: OttlContext): Metric {
    context.metric = metric;
    context.point = undefined;
    if (group.context === 'metric') {
      this.#run(group, context);
      return context.metric;
    }
    let isChanged = false;
    const dataPoints = (metric.dataPoints as readonly DataPoint[]).map((point) => {
      context.point = point;
      this.#run(group, context);
      isChanged ||= context.point !== point;
      return context.point;
    });
    return isChanged ? ({ ...context.metric, dataPoints } as unknown as Metric) : context.metric;
  }

  #run(group: CompiledGroup, context: OttlContext): void {
    context.cache = map([]);
    if (
      group.conditions.length > 0 &&
      !group.conditions.some((holds) => this.#guarded('condition', () => holds(context)))
    )
      return;
    for (const { text, run } of group.statements) this.#guarded(text, () => run(context));
  }

  #guarded<T>(text: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof OttlError)) throw error;
      if (this.#errorMode === 'propagate')
        throw new PermanentError(`failed to execute statement: ${text}, ${error.message}`);
      if (this.#errorMode === 'ignore') {
        this.#settings.logger.warn('failed to execute statement', { statement: text, error: error.message });
      }
      return undefined;
    }
  }
}

/** More metrics than this are not added to one scope by one group of statements. */
const maxAdded = 10_000;

interface CompiledGroup {
  readonly context: ContextName;
  readonly conditions: readonly CompiledCondition[];
  readonly statements: readonly { readonly text: string; readonly run: CompiledStatement }[];
}

function pointsOf(scope: ScopeMetrics): number {
  return scope.metrics.reduce((sum, metric) => sum + metric.dataPoints.length, 0);
}
