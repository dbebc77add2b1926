import type { ComponentSettings } from '#component/component.ts';

/** Counts the items of resources without the attribute of `group_by`, and warns once. */
export class DroppedItems {
  readonly #attribute: string;
  readonly #settings: ComponentSettings;
  #hasWarned = false;

  constructor(attribute: string, settings: ComponentSettings) {
    this.#attribute = attribute;
    this.#settings = settings;
  }

  add(items: number): void {
    if (items === 0) return;
    const { id, metrics, logger } = this.#settings;
    metrics
      .counter(
        'pitot_exporter_file_dropped_items_total',
        'Total number of points, spans, and log records of resources without the attribute of group_by.',
        { exporter: id },
      )
      .add(items);
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    logger.warn('Resources without the attribute of group_by are dropped', { resource_attribute: this.#attribute });
  }
}
