/* Fields of every Kubernetes object in JSON. Each can be absent. */

interface ObjectMetadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
}

/** The owner of an object, such as the replica set of a pod. Fields as in the Kubernetes API. */
export interface OwnerReference {
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly controller?: boolean;
}

/** An object of the Kubernetes API. */
export interface ApiObject {
  readonly metadata?: ObjectMetadata;
}
