import { AttributeEditor } from '#attribute-actions/attribute-editor.ts';
import { compileActions } from '#attribute-actions/compile-actions.ts';
import { actionSettings } from '#attribute-actions/config.ts';
import { Memo } from '#cache/memo.ts';
import type { Component } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import type { MapResourceParts } from '#pdata/map-resource-parts.ts';
import type { Resource } from '#pdata/metrics.ts';
import type { ResourceConfig } from './config.ts';

const remembered = 4096;

/**
 * Edits the attributes of resources. Each distinct resource has one edited resource, so that the next stages can cache by reference.
 */
export class ResourceProcessor<Data> implements Component, Consumer<Data> {
  readonly #editor: AttributeEditor;
  /** Edited form of each resource. Compared with its attributes, because those can depend on the client. */
  readonly #resources = new Memo<Resource, Resource>(remembered);
  readonly #mapParts: MapResourceParts<Data>;
  readonly #next: Consumer<Data>;

  /** @throws Error if an action is invalid */
  constructor({ attributes }: ResourceConfig, mapParts: MapResourceParts<Data>, next: Consumer<Data>) {
    this.#editor = new AttributeEditor(compileActions(actionSettings(attributes)));
    this.#mapParts = mapParts;
    this.#next = next;
  }

  async start(): Promise<void> {}

  async shutdown(): Promise<void> {}

  consume(data: Data, context: ClientContext): Promise<void> | undefined {
    return this.#next.consume(
      this.#mapParts(data, (part) => ({ ...part, resource: this.#edited(part.resource, context) })),
      context,
    );
  }

  #edited(resource: Resource, context: ClientContext): Resource {
    const attributes = this.#editor.edit(resource.attributes, context);
    if (attributes === resource.attributes) return resource;
    const known = this.#resources.get(resource);
    return known?.attributes === attributes ? known : this.#resources.set(resource, { ...resource, attributes });
  }
}
