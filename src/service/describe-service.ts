import type { ServiceDescription } from '#component/component.ts';
import { featureGates } from '#config/feature-gates.ts';
import type { GraphNode } from '#pipeline/node.ts';
import type { Plan } from '#pipeline/plan.ts';

/** Describes a running service and the status of its components for status pages. */
export function describeService({ pipelines, extensions }: Plan, nodes: readonly GraphNode[]): ServiceDescription {
  return {
    pipelines: pipelines.map(({ id, receivers, processors, exporters }) => ({ id, receivers, processors, exporters })),
    extensions,
    status: nodes.flatMap(({ kind, id, component }) => {
      const tables = component.statusTables?.();
      return tables ? { kind, id, tables } : [];
    }),
    featureGates: featureGates().map(({ id, enabled, description }) => ({ id, enabled, description })),
  };
}
