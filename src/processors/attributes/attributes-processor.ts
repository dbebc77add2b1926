import { AttributeEditor } from '#attribute-actions/attribute-editor.ts';
import { compileActions } from '#attribute-actions/compile-actions.ts';
import { actionSettings } from '#attribute-actions/config.ts';
import type { Component } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import type { Attributes } from '#pdata/attributes.ts';
import type { AttributesConfig } from './config.ts';

/** Returns an item with edited attributes, or the item itself if its attributes do not change. */
type EditAttributes = <Item extends { readonly attributes: Attributes }>(item: Item) => Item;

/** Returns data in which `edit` was applied to the attributes of each selected item. */
export type MapSelected<Data> = (data: Data, edit: EditAttributes) => Data;

/** Edits the attributes of data points, spans, or log records. */
export class AttributesProcessor<Data> implements Component, Consumer<Data> {
  readonly #editor: AttributeEditor;
  readonly #mapSelected: MapSelected<Data>;
  readonly #next: Consumer<Data>;

  /** @throws Error if an action is invalid */
  constructor({ actions }: AttributesConfig, mapSelected: MapSelected<Data>, next: Consumer<Data>) {
    this.#editor = new AttributeEditor(compileActions(actionSettings(actions)));
    this.#mapSelected = mapSelected;
    this.#next = next;
  }

  async start(): Promise<void> {}

  async shutdown(): Promise<void> {}

  consume(data: Data, context: ClientContext): Promise<void> | undefined {
    const edit: EditAttributes = (item) => {
      const attributes = this.#editor.edit(item.attributes, context);
      return attributes === item.attributes ? item : { ...item, attributes };
    };
    return this.#next.consume(this.#mapSelected(data, edit), context);
  }
}
