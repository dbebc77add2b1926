import { AttributeEditor } from '#attribute-actions/attribute-editor.ts';
import { compileActions } from '#attribute-actions/compile-actions.ts';
import { actionSettings } from '#attribute-actions/config.ts';
import { Memo } from '#cache/memo.ts';
import type { Component } from '#component/component.ts';
import type { ClientContext, LogsConsumer, MetricsConsumer, TracesConsumer } from '#component/consumer.ts';
import type { Logs } from '#pdata/logs.ts';
import type { Metrics, Resource } from '#pdata/metrics.ts';
import type { Traces } from '#pdata/traces.ts';
import type { ResourceConfig } from './config.ts';

const remembered = 4096;

/** Edits the attributes of resources; one edited resource for each distinct one, so that what follows can remember too. */
class ResourceProcessor implements Component {
  readonly #editor: AttributeEditor;
  /** The edited form of each resource; checked against its attributes, which may depend on the client. */
  readonly #resources = new Memo<Resource, Resource>(remembered);

  /** @throws Error when an action is wrong */
  constructor({ attributes }: ResourceConfig) {
    this.#editor = new AttributeEditor(compileActions(actionSettings(attributes)));
  }

  async start(): Promise<void> {}

  async shutdown(): Promise<void> {}

  protected withEditedResources<Part extends { readonly resource: Resource }>(
    parts: readonly Part[],
    context: ClientContext,
  ): Part[] {
    return parts.map((part) => ({ ...part, resource: this.#edited(part.resource, context) }));
  }

  #edited(resource: Resource, context: ClientContext): Resource {
    const attributes = this.#editor.edit(resource.attributes, context);
    if (attributes === resource.attributes) return resource;
    const known = this.#resources.get(resource);
    return known?.attributes === attributes ? known : this.#resources.set(resource, { ...resource, attributes });
  }
}

export class MetricsResourceProcessor extends ResourceProcessor implements MetricsConsumer {
  readonly #next: MetricsConsumer;

  constructor(config: ResourceConfig, next: MetricsConsumer) {
    super(config);
    this.#next = next;
  }

  consumeMetrics(metrics: Metrics, context: ClientContext): Promise<void> | undefined {
    const resourceMetrics = this.withEditedResources(metrics.resourceMetrics, context);
    return this.#next.consumeMetrics({ ...metrics, resourceMetrics }, context);
  }
}

export class TracesResourceProcessor extends ResourceProcessor implements TracesConsumer {
  readonly #next: TracesConsumer;

  constructor(config: ResourceConfig, next: TracesConsumer) {
    super(config);
    this.#next = next;
  }

  consumeTraces(traces: Traces, context: ClientContext): Promise<void> | undefined {
    const resourceSpans = this.withEditedResources(traces.resourceSpans, context);
    return this.#next.consumeTraces({ ...traces, resourceSpans }, context);
  }
}

export class LogsResourceProcessor extends ResourceProcessor implements LogsConsumer {
  readonly #next: LogsConsumer;

  constructor(config: ResourceConfig, next: LogsConsumer) {
    super(config);
    this.#next = next;
  }

  consumeLogs(logs: Logs, context: ClientContext): Promise<void> | undefined {
    const resourceLogs = this.withEditedResources(logs.resourceLogs, context);
    return this.#next.consumeLogs({ ...logs, resourceLogs }, context);
  }
}
