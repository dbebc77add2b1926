import type { Component, ComponentSettings } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { PermanentError } from '#component/errors.ts';
import { type CompiledCondition, compileCondition } from '#ottl/compile.ts';
import { type ContextName, noMetric, OttlContext } from '#ottl/context.ts';
import { OttlError } from '#ottl/ottl-error.ts';
import type { DataPoint, Metric, Metrics, ResourceMetrics, ScopeMetrics } from '#pdata/metrics.ts';
import { inferredConditions } from './conditions.ts';
import type { FilterConfig } from './config.ts';
import { type MetricMatcher, metricMatcher } from './match-properties.ts';

/**
 * Drops resources, metrics, and data points for which a condition is true (docs/reference/collector-behaviour.md#filter-processor),
 * in this order. Also drops metrics, scopes, and resources that become empty. If nothing is left, processing ends with success, and
 * the next stage is not called.
 */
export class FilterProcessor implements Component, Consumer<Metrics> {
  readonly #next: Consumer<Metrics>;
  readonly #settings: ComponentSettings;
  readonly #errorMode: FilterConfig['errorMode'];
  readonly #conditions: Readonly<Record<'resource' | 'metric' | 'datapoint', readonly NamedCondition[]>>;
  readonly #include: MetricMatcher | undefined;
  readonly #exclude: MetricMatcher | undefined;
  readonly #filtered: { add(value: number): void };

  constructor(config: FilterConfig, settings: ComponentSettings, next: Consumer<Metrics>) {
    const { metrics } = config;
    this.#next = next;
    this.#settings = settings;
    this.#errorMode = config.errorMode;
    const texts = config.metricConditions.length > 0 ? inferredConditions(config.metricConditions).conditions : metrics;
    const compiled = (context: ContextName, list: readonly string[]) =>
      list.map((text) => ({ text, holds: compileCondition(text, context) }));
    this.#conditions = {
      resource: compiled('resource', texts.resource),
      metric: compiled('metric', texts.metric),
      datapoint: compiled('datapoint', texts.datapoint),
    };
    this.#include = metrics.include && metricMatcher(metrics.include);
    this.#exclude = metrics.exclude && metricMatcher(metrics.exclude);
    this.#filtered = settings.metrics.counter(
      'otelcol_processor_filter_datapoints_filtered',
      'Number of metric data points dropped by the filter processor',
      { filter: settings.id },
    );
  }

  async start(): Promise<void> {}

  async shutdown(): Promise<void> {}

  consume(metrics: Metrics, client: ClientContext): Promise<void> | undefined {
    let dataPointCount = 0;
    const resourceMetrics: ResourceMetrics[] = [];
    for (const resource of metrics.resourceMetrics) {
      const scopeMetrics = this.#scopes(resource);
      if (scopeMetrics.length === 0) continue;
      resourceMetrics.push({ ...resource, scopeMetrics });
      for (const scope of scopeMetrics) for (const metric of scope.metrics) dataPointCount += metric.dataPoints.length;
    }
    this.#filtered.add(metrics.dataPointCount - dataPointCount);
    if (resourceMetrics.length === 0) return undefined;
    return this.#next.consume({ resourceMetrics, dataPointCount }, client);
  }

  #scopes({ resource, schemaUrl, scopeMetrics }: ResourceMetrics): ScopeMetrics[] {
    const nowhere = { name: '', version: '', attributes: { entries: [] }, droppedAttributesCount: 0 };
    const context = new OttlContext(resource, schemaUrl, nowhere, '');
    if (this.#holds('resource', context)) return [];
    return scopeMetrics.flatMap((scope) => {
      context.scope = scope.scope;
      context.scopeSchemaUrl = scope.schemaUrl;
      const metrics = scope.metrics.flatMap((metric) => this.#metric(metric, context));
      return metrics.length > 0 ? [{ ...scope, metrics }] : [];
    });
  }

  #metric(metric: Metric, context: OttlContext): Metric[] {
    const { name } = metric.descriptor;
    if (this.#include && !this.#include(name, context.resource)) return [];
    if (this.#exclude?.(name, context.resource)) return [];
    context.metric = metric;
    context.point = undefined;
    if (this.#holds('metric', context)) return [];
    if (this.#conditions.datapoint.length === 0) return [metric];
    const dataPoints = (metric.dataPoints as readonly DataPoint[]).filter((point) => {
      context.point = point;
      return !this.#holds('datapoint', context);
    });
    context.metric = noMetric;
    if (dataPoints.length === metric.dataPoints.length && dataPoints.length > 0) return [metric];
    return dataPoints.length > 0 ? [{ ...metric, dataPoints } as unknown as Metric] : [];
  }

  #holds(name: 'resource' | 'metric' | 'datapoint', context: OttlContext): boolean {
    return this.#conditions[name].some(({ text, holds }) => {
      try {
        return holds(context);
      } catch (error) {
        if (!(error instanceof OttlError)) throw error;
        const message = `failed to eval condition: ${text}, ${error.message}`;
        if (this.#errorMode === 'propagate') throw new PermanentError(message);
        if (this.#errorMode === 'ignore')
          this.#settings.logger.warn('error evaluating condition', { condition: text, error: error.message });
        return false;
      }
    });
  }
}

interface NamedCondition {
  readonly text: string;
  readonly holds: CompiledCondition;
}
