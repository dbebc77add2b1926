import type { ApiObject } from '#kubernetes/api-object.ts';
import type { K8sAttributesConfig } from './config.ts';
import { type FieldRules, fieldRulesOf } from './field-rules.ts';
import { type ObjectKind, objectKinds } from './object-kinds.ts';

/** Stored data of an object that is not a pod. */
export interface WatchedObject {
  readonly uid: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** The object that controls it: the deployment of a replica set, or the cron job of a job. */
  readonly owner: { readonly name: string; readonly uid: string } | undefined;
}

const owners: { readonly [Kind in ObjectKind]?: string } = { replicaset: 'Deployment', job: 'CronJob' };

/** Namespaces, nodes, and workloads. Namespaces and nodes are found by name, all others by UID. */
export class WatchedObjects {
  readonly #rules = new Map<ObjectKind, FieldRules>();
  readonly #objects = new Map<ObjectKind, Map<string, WatchedObject>>();

  constructor(config: Pick<K8sAttributesConfig, 'extract'>) {
    for (const kind of Object.keys(objectKinds) as ObjectKind[]) {
      this.#rules.set(kind, fieldRulesOf(kind, config));
      this.#objects.set(kind, new Map());
    }
  }

  /** Number of objects of all kinds. */
  get size(): number {
    let size = 0;
    for (const objects of this.#objects.values()) size += objects.size;
    return size;
  }

  /** Returns whether a rule reads labels or annotations of this kind. */
  hasRules(kind: ObjectKind): boolean {
    const { labels, annotations } = this.#rules.get(kind)!;
    return labels.length + annotations.length > 0;
  }

  find(kind: ObjectKind, key: string): WatchedObject | undefined {
    return this.#objects.get(kind)!.get(key);
  }

  set(kind: ObjectKind, { metadata = {} }: ApiObject): void {
    const { uid = '', labels = {}, annotations = {}, ownerReferences = [] } = metadata;
    const attributes = new Map<string, string>();
    const rules = this.#rules.get(kind)!;
    for (const add of rules.labels) add(labels, attributes);
    for (const add of rules.annotations) add(annotations, attributes);
    const owner = ownerReferences.find((each) => each.kind === owners[kind] && each.controller === true);
    this.#objects.get(kind)!.set(keyOf(kind, { metadata }), {
      uid,
      attributes,
      owner: owner && { name: owner.name ?? '', uid: owner.uid ?? '' },
    });
  }

  delete(kind: ObjectKind, object: ApiObject): void {
    this.#objects.get(kind)!.delete(keyOf(kind, object));
  }

  has(kind: ObjectKind, object: ApiObject): boolean {
    return this.#objects.get(kind)!.has(keyOf(kind, object));
  }
}

function keyOf(kind: ObjectKind, { metadata: { uid = '', name = '' } = {} }: ApiObject): string {
  return kind === 'namespace' || kind === 'node' ? name : uid;
}
