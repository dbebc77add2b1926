import { type FeatureGate, knownGates, removedGates } from './known-gates.ts';

/** Gates that the command line switched. Same as in the Collector, one process has one set of gates. */
const switched = new Map<string, boolean>();

/** Returns every gate with its current state, sorted by ID. */
export function featureGates(): readonly FeatureGate[] {
  return knownGates.map((entry) => ({ ...entry, enabled: switched.get(entry.id) ?? entry.enabled }));
}

/**
 * Returns whether a gate is enabled.
 * @throws Error if there is no such gate, which is a mistake in the code
 */
export function isGateEnabled(id: string): boolean {
  const found = knownGates.find((entry) => entry.id === id);
  if (!found) throw new Error(`no such feature gate ${JSON.stringify(id)}`);
  return switched.get(id) ?? found.enabled;
}

/**
 * Enables and disables gates: `a,+b,-c`. Ignores gates that the Collector removed and gates of components that pitot
 * does not have, so that an existing command line continues to work.
 * @returns a remark for each gate that has no effect
 * @throws Error with the Collector's message for anything else
 */
export function switchGates(list: string): string[] {
  if (list === '') return [];
  const remarks: string[] = [];
  for (const [index, word] of list.split(',').entries()) {
    const id = word.replace(/^[-+]/, '');
    if (id === '') throw new Error(`empty feature gate identifier at index ${index}`);
    const remark = switchGate(id, !word.startsWith('-'));
    if (remark !== undefined) remarks.push(remark);
  }
  return remarks;
}

function switchGate(id: string, enable: boolean): string | undefined {
  const known = knownGates.find((entry) => entry.id === id);
  if (known?.stage === 'Stable') {
    if (!enable) throw new Error(`feature gate ${JSON.stringify(id)} is stable, can not be disabled`);
    return `Feature gate ${JSON.stringify(id)} is stable and already enabled; remove it from --feature-gates`;
  }
  if (known) {
    switched.set(id, enable);
    return undefined;
  }
  if (Object.hasOwn(removedGates, id)) {
    const instead = removedGates[id];
    return `Feature gate ${JSON.stringify(id)} was removed from the Collector and is ignored: ${instead}; remove it from --feature-gates`;
  }
  if (otherComponentsGate.test(id)) {
    return `Feature gate ${JSON.stringify(id)} does not belong to a component of pitot and is ignored`;
  }
  const valid = knownGates.map((entry) => entry.id).join(' ');
  throw new Error(`no such feature gate ${JSON.stringify(id)}. valid gates: [${valid}]`);
}

/** Form of the gates of contrib's other components. */
const otherComponentsGate =
  /^(receiver|exporter|processor|extension|connector|pkg|k8sattr|hostmetrics|telemetry|datadog|filelog|spanmetrics|jaeger|otelcol|component|configtls|confighttp|receiverhelper|exporterhelper|processorhelper|metadata)\.[\w.]{3,}$/;
