import type { Component, ComponentId } from '#component/component.ts';
import type { Signal } from '#component/signals.ts';
import type { Consume } from './consume.ts';
import type { Junction } from './junction.ts';

export type NodeKind = 'extension' | 'receiver' | 'processor' | 'exporter';

/** One component instance in the graph. */
export interface GraphNode {
  /** What it is, unique in a graph: `exporter debug metrics`. */
  readonly key: string;
  readonly kind: NodeKind;
  readonly id: ComponentId;
  /** Type and settings; two nodes of one key with the same text are interchangeable. */
  readonly fingerprint: string;
  readonly component: Component;
  /** How data gets in; receivers and extensions have none. */
  readonly consume: Consume | undefined;
  /** How data leaves it, by signal. */
  readonly outputs: ReadonlyMap<Signal, Junction>;
  /** Ids of the extensions that it asked for while it started. */
  readonly usedExtensions: Set<ComponentId>;
}
