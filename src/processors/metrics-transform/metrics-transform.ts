import type { Component, ComponentSettings } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { withDataPoints } from '#pdata/map-points.ts';
import type { DataPoint, Metric, Metrics, Resource, ResourceMetrics, ScopeMetrics } from '#pdata/metrics.ts';
import { combined } from './combine.ts';
import { type MetricsTransformConfig, problemOf, type Transform } from './config.ts';
import { type MetricOperation, operationOf } from './operations.ts';
import { Selection } from './selection.ts';

interface Step {
  readonly transform: Transform;
  readonly selection: Selection;
  readonly operations: readonly MetricOperation[];
}

/**
 * Renames, copies, combines, and groups metrics and changes their labels, step by step for each scope
 * (docs/reference/collector-behaviour.md#metrics-transform-processor).
 */
export class MetricsTransformProcessor implements Component, Consumer<Metrics> {
  readonly #settings: ComponentSettings;
  readonly #next: Consumer<Metrics>;
  readonly #steps: readonly Step[];

  /** @throws Error with the Collector's message if the configuration is invalid */
  constructor(config: MetricsTransformConfig, settings: ComponentSettings, next: Consumer<Metrics>) {
    const problem = problemOf(config);
    if (problem !== undefined) throw new Error(problem);
    this.#settings = settings;
    this.#next = next;
    this.#steps = config.transforms.map((transform) => ({
      transform,
      selection: new Selection(transform),
      operations: transform.operations.map(operationOf),
    }));
  }

  async start(): Promise<void> {}

  async shutdown(): Promise<void> {}

  consume(metrics: Metrics, client: ClientContext): Promise<void> | undefined {
    let resources = metrics.resourceMetrics;
    const grouped: ResourceMetrics[] = [];
    resources = resources.flatMap((resource) => {
      const scopeMetrics = resource.scopeMetrics.flatMap((scope) => {
        let changed: readonly Metric[] = scope.metrics;
        for (const step of this.#steps) {
          if (step.transform.action === 'group') changed = group(step, changed, { resource, scope, grouped });
          else changed = this.#step(step, changed);
        }
        return changed.length > 0 ? [{ ...scope, metrics: changed }] : [];
      });
      return scopeMetrics.length > 0 ? [{ ...resource, scopeMetrics }] : [];
    });
    const all = [...resources, ...grouped];
    return this.#next.consume({ resourceMetrics: all, dataPointCount: countOf(all) }, client);
  }

  #step(step: Step, metrics: readonly Metric[]): readonly Metric[] {
    const { transform, selection } = step;
    if (transform.action === 'combine') {
      const result = combined(transform, selection, metrics);
      if (typeof result !== 'string')
        return result
          .map((metric) => (metric.isNew ? changed(step, metric.metric) : metric.metric))
          .flatMap((metric) => metric ?? []);
      this.#settings.logger.warn('Failed to combine metrics', { new_name: transform.newName, error: result });
      return metrics;
    }
    if (transform.action === 'insert') {
      const copies = metrics.flatMap((metric) => {
        if (!selection.matchesName(metric.descriptor.name)) return [];
        const points = (metric.dataPoints as readonly DataPoint[]).filter((point) => selection.matchesPoint(point));
        return points.length > 0 ? (changed(step, withDataPoints(metric, points)) ?? []) : [];
      });
      return [...metrics, ...copies];
    }
    return metrics.flatMap((metric) => {
      if (!selection.matchesName(metric.descriptor.name)) return [metric];
      const points = metric.dataPoints as readonly DataPoint[];
      return points.length === 0 || points.some((point) => selection.matchesPoint(point))
        ? (changed(step, metric) ?? [])
        : [metric];
    });
  }
}

/** Returns a metric after the operations, with its new name. Returns nothing if it lost all of its points. */
function changed({ transform, selection, operations }: Step, metric: Metric): Metric | undefined {
  const selected = (point: DataPoint) => selection.matchesPoint(point);
  const isWhole = (metric.dataPoints as readonly DataPoint[]).every(selected);
  let result = metric;
  const { name } = metric.descriptor;
  if (transform.newName !== '' && isWhole && transform.action !== 'combine') {
    result = { ...result, descriptor: { ...result.descriptor, name: selection.renamed(name, transform.newName) } };
  }
  for (const operation of operations) result = operation(result, selected, isWhole);
  return metric.dataPoints.length > 0 && result.dataPoints.length === 0 ? undefined : result;
}

/** Moves matching metrics to a new resource. Returns the remaining ones. */
function group(
  { transform, selection }: Step,
  metrics: readonly Metric[],
  place: { resource: ResourceMetrics; scope: ScopeMetrics; grouped: ResourceMetrics[] },
): readonly Metric[] {
  const moved = metrics.filter((metric) => selection.matchesName(metric.descriptor.name));
  const { resource, scope, grouped } = place;
  grouped.push({
    ...resource,
    resource: labelled(resource.resource, transform.groupResourceLabels),
    scopeMetrics: [{ ...scope, metrics: moved }],
  });
  return metrics.filter((metric) => !moved.includes(metric));
}

function labelled(resource: Resource, labels: Readonly<Record<string, string>>): Resource {
  const entries = resource.attributes.entries.filter(({ key }) => !Object.hasOwn(labels, key));
  const added = Object.entries(labels).map(([key, value]) => ({ key, value }));
  return { ...resource, attributes: { entries: [...entries, ...added] } };
}

function countOf(resources: readonly ResourceMetrics[]): number {
  let count = 0;
  for (const { scopeMetrics } of resources)
    for (const { metrics } of scopeMetrics) for (const metric of metrics) count += metric.dataPoints.length;
  return count;
}
