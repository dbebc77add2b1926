import type { AnyValue, KeyValueList } from '#pdata/attributes.ts';
import type { DataPoint, InstrumentationScope, Metric, Resource } from '#pdata/metrics.ts';
import { map } from './value.ts';

/** Which item a statement looks at; paths without a prefix belong to it. */
export type ContextName = 'resource' | 'scope' | 'metric' | 'datapoint';

/**
 * Where evaluation stands in a request. The items are immutable: an editor puts a changed copy in the place of one, and the
 * processor builds new parents from what it finds here afterwards.
 */
export class OttlContext {
  resource: Resource;
  resourceSchemaUrl: string;
  scope: InstrumentationScope;
  scopeSchemaUrl: string;
  metric: Metric;
  /** The data point; undefined where the context is a metric or above. */
  point: DataPoint | undefined;
  /** Metrics that an editor has added after the current one. */
  added: Metric[] = [];
  /** `cache["key"]`: lives as long as the current item. */
  cache: KeyValueList = map([]);

  constructor(resource: Resource, resourceSchemaUrl: string, scope: InstrumentationScope, scopeSchemaUrl: string) {
    this.resource = resource;
    this.resourceSchemaUrl = resourceSchemaUrl;
    this.scope = scope;
    this.scopeSchemaUrl = scopeSchemaUrl;
    this.metric = noMetric;
  }
}

/** Stands where no metric is: in the contexts resource and scope. */
export const noMetric: Metric = {
  type: 'Empty',
  descriptor: { name: '', description: '', unit: '', metadata: { entries: [] } },
  dataPoints: [],
};

/** Reads and, where a path can be set, replaces one part of the context. */
export interface Accessor {
  get(context: OttlContext): AnyValue | import('./value.ts').OttlValue;
  set?(context: OttlContext, value: AnyValue): void;
}
