import type { ServiceDescription } from '../component/component.ts';
import { featureGates } from '../config/feature-gates.ts';
import type { Plan } from '../pipeline/plan.ts';

/** What a running service is made of, for pages that show it. */
export function describeService({ pipelines, extensions }: Plan): ServiceDescription {
  return {
    pipelines: pipelines.map(({ id, receivers, processors, exporters }) => ({ id, receivers, processors, exporters })),
    extensions,
    featureGates: featureGates().map(({ id, enabled, description }) => ({ id, enabled, description })),
  };
}
