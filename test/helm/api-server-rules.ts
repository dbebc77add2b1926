import type { Manifest } from './compare/render.ts';

/**
 * What the API server refuses although the schemas allow it, as far as a chart's objects can break it: validation.go of Kubernetes, and
 * the keys of lists that a server-side apply (Helm 4's default) requires to be unique.
 *
 * @returns one line per violation, empty if there is none
 */
export function violations(manifests: readonly Manifest[]): string[] {
  const found: string[] = [];
  const pods: PodSpec[] = [];
  for (const manifest of manifests) {
    const say = (text: string): void => void found.push(`${manifest.kind}/${manifest.metadata.name}: ${text}`);
    checkNames(manifest, say);
    const spec = manifest.spec;
    if (manifest.kind === 'Service') checkService(spec, say);
    if (manifest.kind === 'NetworkPolicy') checkNetworkPolicy(spec, say);
    const pod = spec?.template?.spec ?? (manifest.kind === 'Pod' ? spec : undefined);
    if (!pod) continue;
    pods.push(pod);
    checkPod(pod, spec.volumeClaimTemplates ?? [], say);
    if (manifest.kind === 'Pod') continue;
    for (const [key, value] of Object.entries(spec.selector.matchLabels))
      if (spec.template.metadata.labels[key] !== value) say(`the selector's ${key} is not a label of the pods`);
    const services = manifests.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name);
    if (manifest.kind === 'StatefulSet' && !services.includes(spec.serviceName)) say(`no Service ${spec.serviceName}`);
  }
  for (const manifest of manifests) checkMonitor(manifest, manifests, pods, found);
  return found;
}

type Say = (text: string) => void;
type PodSpec = Manifest;

function twice<T>(what: string, items: readonly T[], key: (item: T) => unknown, say: Say): void {
  const seen = new Set<unknown>();
  for (const item of items) {
    const id = key(item);
    if (id === undefined) continue;
    if (seen.has(id)) say(`${what} ${id} appears twice`);
    seen.add(id);
  }
}

function checkNames({ kind, metadata }: Manifest, say: Say): void {
  const longest = kind === 'Service' ? 63 : 253;
  if (metadata.name.length > longest || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(metadata.name)) say('invalid name');
  for (const [key, value] of Object.entries<unknown>(metadata.labels ?? {}))
    if (typeof value !== 'string' || !/^(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?$/.test(value))
      say(`invalid label ${key}`);
}

function checkService(spec: Manifest, say: Say): void {
  const ports: Manifest[] = spec.ports ?? [];
  if (ports.length === 0 && spec.clusterIP !== 'None' && spec.type !== 'ExternalName') say('no ports');
  twice('port name', ports, ({ name }) => name, say);
  twice('port', ports, ({ protocol = 'TCP', port }) => `${port}/${protocol}`, say);
  twice('nodePort', ports, ({ protocol = 'TCP', nodePort }) => nodePort && `${nodePort}/${protocol}`, say);
  for (const { name, port, targetPort, nodePort, protocol } of ports) {
    if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name ?? '')) say(`invalid port name ${name}`);
    if (!isPort(port) || !isPort(targetPort)) say(`port ${name} has no valid number`);
    if (!['TCP', 'UDP', 'SCTP'].includes(protocol)) say(`port ${name} has an invalid protocol`);
    if (nodePort && !['NodePort', 'LoadBalancer'].includes(spec.type)) say(`port ${name}: nodePort needs another type`);
  }
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65535;
}

function checkPod(pod: PodSpec, claims: readonly Manifest[], say: Say): void {
  const containers: Manifest[] = [...(pod.initContainers ?? []), ...pod.containers];
  const volumes: string[] = [...(pod.volumes ?? []), ...claims.map(({ metadata }) => metadata)].map(({ name }) => name);
  twice('container', containers, ({ name }) => name, say);
  twice('volume', pod.volumes ?? [], ({ name }: Manifest) => name, say);
  const hostPorts = pod.containers.flatMap(({ ports = [] }: Manifest) =>
    ports.map((port: Manifest) => {
      if (pod.hostNetwork && port.hostPort && port.hostPort !== port.containerPort)
        say(`hostPort ${port.hostPort} differs`);
      const hostPort = port.hostPort ?? (pod.hostNetwork ? port.containerPort : undefined);
      return hostPort && `${hostPort}/${port.protocol ?? 'TCP'}`;
    }),
  );
  twice('hostPort', hostPorts, (hostPort) => hostPort, say);
  for (const container of containers) {
    const ports: Manifest[] = container.ports ?? [];
    twice('port name', ports, ({ name }) => name, say);
    twice('containerPort', ports, ({ protocol = 'TCP', containerPort }) => `${containerPort}/${protocol}`, say);
    for (const { name, containerPort } of ports) {
      const valid =
        name === undefined || (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && /[a-z]/.test(name) && name.length <= 15);
      if (!valid) say(`invalid port name ${name}`);
      if (!isPort(containerPort)) say(`port ${name} has no valid number`);
    }
    twice('variable', container.env ?? [], ({ name }: Manifest) => name, say);
    twice('mount', container.volumeMounts ?? [], ({ mountPath }: Manifest) => mountPath, say);
    for (const { name } of container.volumeMounts ?? []) if (!volumes.includes(name)) say(`no volume ${name}`);
  }
}

/** A rule without ports allows every port, which no values ask for. */
function checkNetworkPolicy(spec: Manifest, say: Say): void {
  for (const { ports } of spec.ingress ?? []) {
    if (ports?.length === 0) say('a rule allows every port');
    twice('port of a rule', ports ?? [], ({ port, protocol }: Manifest) => `${port}/${protocol}`, say);
  }
}

/** An endpoint without a port finds nothing, and two endpoints of one port make every series twice. */
function checkMonitor(monitor: Manifest, all: readonly Manifest[], pods: readonly PodSpec[], found: string[]): void {
  const endpoints: Manifest[] | undefined = monitor.spec?.endpoints ?? monitor.spec?.podMetricsEndpoints;
  if (!endpoints || monitor.metadata.name.endsWith('-agents')) return;
  const say = (text: string): void => void found.push(`${monitor.kind}/${monitor.metadata.name}: ${text}`);
  const containers = pods.flatMap(({ containers }) => containers);
  const ports: Manifest[] =
    monitor.kind === 'ServiceMonitor'
      ? all.filter(({ kind }) => kind === 'Service').flatMap(({ spec }) => spec.ports ?? [])
      : containers.flatMap(({ ports }: Manifest) => ports ?? []);
  const number = (name: string): unknown => {
    const port = ports.find((each) => each.name === name);
    return port && (port.targetPort ?? port.containerPort);
  };
  for (const { port } of endpoints) if (port && number(port) === undefined) say(`no port ${port}`);
  twice('endpoint', endpoints, ({ port, path = '/metrics' }) => port && `${number(port)}${path}`, say);
  if (endpoints.length === 0) say('no endpoints');
}
