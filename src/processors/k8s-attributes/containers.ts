import type { ApiPod } from './api-objects.ts';
import { parseImageName, repoDigest } from './image-name.ts';
import type { MetadataName } from './metadata-names.ts';

/** Attributes of one container of a pod. */
export interface Container {
  readonly attributes: ReadonlyMap<string, string>;
  /** Runs by their number of restarts. */
  readonly runs: ReadonlyMap<number, ContainerRun>;
}

interface ContainerRun {
  /** Empty if it is not added. */
  readonly id: string;
  readonly repoDigest: string | undefined;
}

/** The containers of a pod by name and by ID. */
export interface Containers {
  readonly byName: ReadonlyMap<string, Container>;
  readonly byId: ReadonlyMap<string, Container>;
}

const noContainers: Containers = { byName: new Map(), byId: new Map() };

const ofContainers: readonly MetadataName[] = [
  ...(['container.id', 'container.image.name', 'container.image.repo_digests', 'container.image.tag'] as const),
  ...(['container.image.tags', 'k8s.container.name', 'service.instance.id', 'service.version'] as const),
];
const ofImages: readonly MetadataName[] = [
  ...(['container.image.name', 'container.image.tag', 'container.image.tags'] as const),
  ...(['service.instance.id', 'service.version'] as const),
];

/** Returns the containers of a pod with the attributes in `wanted`. */
export function containersOf(
  { metadata = {}, spec = {}, status = {} }: ApiPod,
  wanted: ReadonlySet<string>,
): Containers {
  if (!ofContainers.some((name) => wanted.has(name))) return noContainers;
  const byName = new Map<string, { attributes: Map<string, string>; runs: Map<number, ContainerRun> }>();
  const byId = new Map<string, Container>();
  const container = (name: string) => {
    const known = byName.get(name) ?? { attributes: new Map(), runs: new Map() };
    byName.set(name, known);
    return known;
  };
  const set = (attributes: Map<string, string>, name: MetadataName, value: string | undefined) => {
    if (wanted.has(name) && value !== undefined && value !== '') attributes.set(name, value);
  };
  const statuses = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  for (const { name = '' } of statuses) set(container(name).attributes, 'k8s.container.name', name);
  if (ofImages.some((name) => wanted.has(name))) {
    for (const { name = '', image = '' } of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
      const { attributes } = container(name);
      const parsed = parseImageName(image);
      set(attributes, 'container.image.name', parsed?.repository);
      set(attributes, 'container.image.tag', parsed?.tag);
      set(attributes, 'service.version', parsed?.version);
    }
  }
  for (const { name = '', containerID = '', imageID = '', restartCount = 0 } of statuses) {
    const known = container(name);
    set(known.attributes, 'service.instance.id', [metadata.namespace, metadata.name, name].join('.'));
    const id = containerID.split('://').at(-1)!;
    byId.set(id, known);
    known.runs.set(restartCount, {
      id: wanted.has('container.id') ? id : '',
      repoDigest: wanted.has('container.image.repo_digests') ? repoDigest(imageID) : undefined,
    });
  }
  return { byName, byId };
}
