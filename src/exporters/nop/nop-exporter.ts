import type { Component } from '#component/component.ts';
import type { Consumer } from '#component/consumer.ts';

/** Returns an exporter that accepts all data and discards it. */
export function nopExporter(): Component & Consumer<unknown> {
  return { start: async () => {}, shutdown: async () => {}, consume: () => undefined };
}
