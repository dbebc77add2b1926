import type { ContextName } from './context.ts';

/** Contexts of each signal, from the whole request to its smallest items. */
export const signalContexts = {
  metrics: ['resource', 'scope', 'metric', 'datapoint', 'exemplar'],
  traces: ['resource', 'scope', 'span', 'spanevent'],
  logs: ['resource', 'scope', 'log'],
} as const satisfies Readonly<Record<string, readonly ContextName[]>>;

export type OttlSignal = keyof typeof signalContexts;

/** Names that a configuration may write for a context. `profile` belongs to a signal that pitot does not have. */
export const contextNames = [
  'resource',
  'scope',
  'span',
  'spanevent',
  'metric',
  'datapoint',
  'exemplar',
  'log',
  'profile',
] as const;
