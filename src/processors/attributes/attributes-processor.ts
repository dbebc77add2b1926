import { AttributeEditor } from '#attribute-actions/attribute-editor.ts';
import { compileActions } from '#attribute-actions/compile-actions.ts';
import { actionSettings } from '#attribute-actions/config.ts';
import type { Component } from '#component/component.ts';
import type { ClientContext, LogsConsumer, MetricsConsumer, TracesConsumer } from '#component/consumer.ts';
import type { Attributes } from '#pdata/attributes.ts';
import type { Logs } from '#pdata/logs.ts';
import { withDataPoints } from '#pdata/map-points.ts';
import type { DataPoint, Metric, Metrics } from '#pdata/metrics.ts';
import type { Traces } from '#pdata/traces.ts';
import type { AttributesConfig } from './config.ts';
import { logSelection, metricSelection, type Selection, spanSelection } from './selection.ts';

/** What the processors of the three signals share: the actions, and that nothing is held. */
abstract class AttributesProcessor implements Component {
  readonly #editor: AttributeEditor;

  /** @throws Error when an action is wrong */
  constructor({ actions }: AttributesConfig) {
    this.#editor = new AttributeEditor(compileActions(actionSettings(actions)));
  }

  async start(): Promise<void> {}

  async shutdown(): Promise<void> {}

  /** The items with edited attributes; an item whose attributes stay the same is the same object. */
  protected edited<Item extends { readonly attributes: Attributes }>(
    items: readonly Item[],
    context: ClientContext,
  ): Item[] {
    return items.map((item) => this.editedItem(item, context));
  }

  protected editedItem<Item extends { readonly attributes: Attributes }>(item: Item, context: ClientContext): Item {
    const attributes = this.#editor.edit(item.attributes, context);
    return attributes === item.attributes ? item : { ...item, attributes };
  }
}

export class MetricsAttributesProcessor extends AttributesProcessor implements MetricsConsumer {
  readonly #selects: Selection<Metric>;
  readonly #next: MetricsConsumer;

  constructor(config: AttributesConfig, next: MetricsConsumer) {
    super(config);
    this.#selects = metricSelection(config);
    this.#next = next;
  }

  consumeMetrics(metrics: Metrics, context: ClientContext): Promise<void> | undefined {
    const resourceMetrics = metrics.resourceMetrics.map((part) => ({
      ...part,
      scopeMetrics: part.scopeMetrics.map((scopePart) => ({
        ...scopePart,
        metrics: scopePart.metrics.map((metric) => {
          const place = { resource: part.resource, scope: scopePart.scope };
          return this.#selects(metric, place) ? this.#editedMetric(metric, context) : metric;
        }),
      })),
    }));
    return this.#next.consumeMetrics({ ...metrics, resourceMetrics }, context);
  }

  #editedMetric(metric: Metric, context: ClientContext): Metric {
    if (metric.type === 'Empty') return metric;
    return withDataPoints(metric, this.edited<DataPoint>(metric.dataPoints, context));
  }
}

export class TracesAttributesProcessor extends AttributesProcessor implements TracesConsumer {
  readonly #selects: ReturnType<typeof spanSelection>;
  readonly #next: TracesConsumer;

  constructor(config: AttributesConfig, next: TracesConsumer) {
    super(config);
    this.#selects = spanSelection(config);
    this.#next = next;
  }

  consumeTraces(traces: Traces, context: ClientContext): Promise<void> | undefined {
    const resourceSpans = traces.resourceSpans.map((part) => ({
      ...part,
      scopeSpans: part.scopeSpans.map((scopePart) => ({
        ...scopePart,
        spans: scopePart.spans.map((span) => {
          const place = { resource: part.resource, scope: scopePart.scope };
          return this.#selects(span, place) ? this.editedItem(span, context) : span;
        }),
      })),
    }));
    return this.#next.consumeTraces({ ...traces, resourceSpans }, context);
  }
}

export class LogsAttributesProcessor extends AttributesProcessor implements LogsConsumer {
  readonly #selects: ReturnType<typeof logSelection>;
  readonly #next: LogsConsumer;

  constructor(config: AttributesConfig, next: LogsConsumer) {
    super(config);
    this.#selects = logSelection(config);
    this.#next = next;
  }

  consumeLogs(logs: Logs, context: ClientContext): Promise<void> | undefined {
    const resourceLogs = logs.resourceLogs.map((part) => ({
      ...part,
      scopeLogs: part.scopeLogs.map((scopePart) => ({
        ...scopePart,
        logRecords: scopePart.logRecords.map((record) => {
          const place = { resource: part.resource, scope: scopePart.scope };
          return this.#selects(record, place) ? this.editedItem(record, context) : record;
        }),
      })),
    }));
    return this.#next.consumeLogs({ ...logs, resourceLogs }, context);
  }
}
