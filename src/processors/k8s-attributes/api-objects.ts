/* Fields of Kubernetes objects in JSON that the processor reads. Every field can be absent. */

import type { ApiObject } from '#kubernetes/api-object.ts';

interface ContainerSpec {
  readonly name?: string;
  readonly image?: string;
}

interface ContainerStatus {
  readonly name?: string;
  readonly containerID?: string;
  readonly imageID?: string;
  readonly restartCount?: number;
}

/** The fields of a pod that the processor reads. */
export interface ApiPod extends ApiObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly hostname?: string;
    readonly hostNetwork?: boolean;
    readonly containers?: readonly ContainerSpec[];
    readonly initContainers?: readonly ContainerSpec[];
  };
  readonly status?: {
    readonly podIP?: string;
    readonly startTime?: string;
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}
