import type { Logs } from './logs.ts';
import type { Metrics, Resource } from './metrics.ts';
import type { Traces } from './traces.ts';

/** A part of a request that belongs to one resource. */
export interface ResourcePart {
  readonly resource: Resource;
  readonly schemaUrl: string;
}

/** Returns data with each of its parts replaced. */
export type MapResourceParts<Data> = (data: Data, edit: <Part extends ResourcePart>(part: Part) => Part) => Data;

const metrics: MapResourceParts<Metrics> = (data, edit) => ({
  ...data,
  resourceMetrics: data.resourceMetrics.map(edit),
});
const traces: MapResourceParts<Traces> = (data, edit) => ({ ...data, resourceSpans: data.resourceSpans.map(edit) });
const logs: MapResourceParts<Logs> = (data, edit) => ({ ...data, resourceLogs: data.resourceLogs.map(edit) });

/** Replaces the parts of a request, by signal. */
export const mapResourceParts = { metrics, traces, logs } as const;
