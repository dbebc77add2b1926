import type { Component, ComponentId } from '#component/component.ts';
import type { Signal } from '#component/signals.ts';
import type { Consume } from './consume.ts';
import type { Junction } from './junction.ts';

export type NodeKind = 'extension' | 'receiver' | 'processor' | 'exporter';

/** One component instance in the graph. */
export interface GraphNode {
  /** Unique in a graph, for example `exporter debug metrics`. */
  readonly key: string;
  readonly kind: NodeKind;
  readonly id: ComponentId;
  /** Text of type and settings. Two nodes with the same key and fingerprint are interchangeable. */
  readonly fingerprint: string;
  readonly component: Component;
  /** Passes data to the component; undefined for receivers and extensions. */
  readonly consume: Consume | undefined;
  /** Connections to the next stages, by signal. */
  readonly outputs: ReadonlyMap<Signal, Junction>;
  /** IDs of the extensions that the component requested during `start`. */
  readonly usedExtensions: Set<ComponentId>;
}
