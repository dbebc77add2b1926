/**
 * Runs the pods of the cluster: each in a network namespace with an address of its own, with pitot's sources in the place of the image.
 * Names of Services lead to the pods that they select, as long as the Service has their port.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject, Objects } from './objects.ts';

const root = new URL('../../../', import.meta.url).pathname;
const programs: Readonly<Record<string, string>> = {
  '/otelcol-contrib': 'src/main.ts',
  '/otlp-roundtrip': 'scripts/otlp-roundtrip.ts',
};

interface RunningPod {
  readonly process: ChildProcess;
  /** The process that keeps the network namespace. */
  readonly namespace: ChildProcess;
  readonly address: string;
  readonly log: string;
}

/** Node of the cluster: creates pods from workloads and runs them. Needs its own network and mount namespace. */
export class Pods {
  readonly #objects: Objects;
  readonly #running = new Map<string, RunningPod>();
  readonly #state = mkdtempSync(join(tmpdir(), 'pitot-cluster-'));
  #addresses = 1;
  #work = Promise.resolve();
  /** Pods that could not be run. */
  readonly failures: string[] = [];

  constructor(objects: Objects) {
    this.#objects = objects;
    // The address of the node, which the reader uses and through which pods reach each other.
    execFileSync('ip', ['addr', 'add', '10.25.0.1/32', 'dev', 'lo']);
    writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
    objects.watch(({ type, object }) => {
      const deleted = type === 'DELETED';
      if (object.kind === 'Deployment' || object.kind === 'StatefulSet') this.#later(() => this.#roll(object, deleted));
      if (object.kind === 'Pod' && object.spec && !object.status) this.#later(() => this.#start(object));
      if (object.kind === 'Pod' && deleted) this.#later(() => this.#stop(object.metadata.name));
      if (object.kind === 'Service' || object.kind === 'Pod') this.#writeHosts();
    });
  }

  /** Waits until every change so far has had its effect. */
  async settled(): Promise<void> {
    let seen: Promise<void>;
    do {
      seen = this.#work;
      await seen;
    } while (seen !== this.#work);
  }

  /** Starts a command in the network namespace of a pod. */
  inPod(name: string, command: readonly string[]): ChildProcess {
    const pod = this.#running.get(name);
    if (!pod) throw new Error(`pod ${name} does not run`);
    return spawn('nsenter', [`--net=/proc/${pod.namespace.pid}/ns/net`, '--', ...command]);
  }

  logOf(name: string): string {
    const pod = this.#running.get(name);
    return pod ? readFileSync(pod.log, 'utf8') : '';
  }

  async stopAll(): Promise<void> {
    await this.settled();
    for (const name of [...this.#running.keys()]) await this.#stop(name);
  }

  #later(step: () => Promise<void>): void {
    this.#work = this.#work.then(step).catch((error: Error) => void this.failures.push(error.message));
  }

  /** Replaces the pod of a workload. The order is that of a StatefulSet; nobody looks in between. */
  async #roll({ kind, metadata, spec }: KubernetesObject, deleted: boolean): Promise<void> {
    const name = kind === 'StatefulSet' ? `${metadata.name}-0` : `${metadata.name}-5d9c7b6f4-x2x7k`;
    const existing = this.#objects.get('Pod', metadata.namespace, name);
    const hash = JSON.stringify([spec.template, this.#configOf(spec.template.spec, metadata.namespace)]);
    if (existing && !deleted && existing.metadata.annotations.template === hash) return;
    if (existing) this.#objects.delete(existing);
    if (existing) await this.#stop(name);
    if (deleted) return;
    const { labels } = spec.template.metadata;
    const pod = { kind: 'Pod', apiVersion: 'v1', spec: spec.template.spec };
    const annotations = { template: hash };
    this.#objects.put({ ...pod, metadata: { name, namespace: metadata.namespace, labels, annotations } });
  }

  async #start(pod: KubernetesObject): Promise<void> {
    const { name, namespace: space } = pod.metadata;
    if (this.#objects.get('Pod', space, name) === undefined) return;
    const [container] = pod.spec.containers;
    this.#addresses += 1;
    const address = `10.25.0.${this.#addresses}`;
    const status = (phase: string) => {
      const ready = String(phase === 'Running').replace(/^./, (letter) => letter.toUpperCase());
      const conditions = [{ type: 'Ready', status: ready }];
      const containerStatuses = [{ name: container.name, ready: phase === 'Running', state: { running: {} } }];
      return { phase, podIP: address, conditions, containerStatuses };
    };
    const program = programs[container.command?.[0]];
    const namespace = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' });
    await once(namespace, 'spawn');
    await connect(namespace.pid!, this.#addresses, address);
    const log = join(this.#state, `${name}.log`);
    const output = openSync(log, 'w');
    const files = this.#filesOf(pod);
    const args = [...(container.command ?? []).slice(1), ...(container.args ?? [])].map((argument: string) =>
      argument.replace('/conf/relay.yaml', files),
    );
    const command = program === undefined ? ['sleep', 'infinity'] : [process.execPath, root + program, ...args];
    const child = spawn('nsenter', [`--net=/proc/${namespace.pid}/ns/net`, '--', ...command], {
      env: { PATH: process.env.PATH, ...environment(container, { ...pod, status: { podIP: address } }) },
      stdio: ['ignore', output, output],
    });
    this.#running.set(name, { process: child, namespace, address, log });
    const exited = once(child, 'exit');
    if (program === programs['/otlp-roundtrip']) {
      const [code] = await exited;
      this.#objects.put({
        ...pod,
        status: { ...status(code === 0 ? 'Succeeded' : 'Failed'), message: this.logOf(name) },
      });
      return;
    }
    while (program && child.exitCode === null && !this.logOf(name).includes('Everything is ready.'))
      await Promise.race([exited, new Promise((done) => setTimeout(done, 100))]);
    if (child.exitCode !== null) this.failures.push(`${name} does not run:\n${this.logOf(name).slice(-2000)}`);
    else {
      this.#objects.put({ ...pod, status: status('Running') });
      this.#complete(pod);
    }
  }

  /** Reports that the workload of a pod is complete, for `kubectl rollout status`. */
  #complete({ metadata: { name, namespace } }: KubernetesObject): void {
    const workloads = [...this.#objects.list('Deployment', namespace), ...this.#objects.list('StatefulSet', namespace)];
    const workload = workloads.find(({ metadata }) => name.startsWith(`${metadata.name}-`));
    if (!workload) return;
    const one = { replicas: 1, readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1, currentReplicas: 1 };
    this.#objects.put({
      ...workload,
      status: { ...one, observedGeneration: 1, updateRevision: '1', currentRevision: '1' },
    });
  }

  async #stop(name: string): Promise<void> {
    const pod = this.#running.get(name);
    if (!pod) return;
    this.#running.delete(name);
    if (pod.process.exitCode === null && pod.process.kill('SIGTERM')) await once(pod.process, 'exit');
    if (pod.namespace.kill('SIGKILL')) await once(pod.namespace, 'exit');
  }

  #configOf({ volumes }: KubernetesObject, namespace: string): string | undefined {
    const name = volumes?.find((volume: KubernetesObject) => volume.configMap)?.configMap.name;
    return this.#objects.get('ConfigMap', namespace, name)?.data.relay;
  }

  /** Writes the configuration of a pod. Its volumes are folders of this test. @returns the file */
  #filesOf({ metadata, spec }: KubernetesObject): string {
    const file = join(this.#state, `${metadata.name}.yaml`);
    writeFileSync(file, (this.#configOf(spec, metadata.namespace) ?? '').replaceAll('/var/lib/pitot', this.#state));
    return file;
  }

  /** /etc/hosts as the cluster's DNS: every Service whose ports the pod has. */
  #writeHosts(): void {
    const lines = this.#objects.list('Service').flatMap((service) => {
      const { name, namespace } = service.metadata;
      const pods = this.#objects
        .list('Pod', namespace)
        .filter(
          ({ metadata, status }) => status?.phase === 'Running' && matches(service.spec.selector, metadata.labels),
        );
      return pods.flatMap((pod) => {
        const names = [name, ...(service.spec.clusterIP === 'None' ? [`${pod.metadata.name}.${name}`] : [])];
        return names.map(
          (each) => `${pod.status.podIP} ${each}.${namespace}.svc ${each}.${namespace}.svc.cluster.local`,
        );
      });
    });
    writeFileSync('/etc/hosts', ['127.0.0.1 localhost', ...lines, ''].join('\n'));
  }
}

function matches(selector: Record<string, string>, labels: Record<string, string> = {}): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);
}

/** Gives a network namespace loopback and an address that the other pods reach. */
async function connect(pid: number, index: number, address: string): Promise<void> {
  const ip = (...args: string[]) => execFileSync('ip', args);
  const inside = (...args: string[]) => execFileSync('nsenter', [`--net=/proc/${pid}/ns/net`, '--', 'ip', ...args]);
  // `unshare` makes the namespace after the process has started.
  const own = readLink('self');
  for (let tries = 0; readLink(String(pid)) === own && tries < 100; tries++)
    await new Promise((done) => setTimeout(done, 20));
  ip('link', 'add', `pod${index}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid));
  ip('link', 'set', `pod${index}`, 'up');
  ip('route', 'add', `${address}/32`, 'dev', `pod${index}`, 'src', '10.25.0.1');
  inside('link', 'set', 'lo', 'up');
  inside('link', 'set', 'eth0', 'up');
  inside('addr', 'add', `${address}/32`, 'dev', 'eth0');
  inside('route', 'add', '10.25.0.1/32', 'dev', 'eth0');
  inside('route', 'add', '10.25.0.0/16', 'via', '10.25.0.1');
}

function readLink(pid: string): string {
  return execFileSync('readlink', [`/proc/${pid}/ns/net`], { encoding: 'utf8' });
}

/** The variables of a container, with the fields of its pod. */
export function environment(container: KubernetesObject, pod: KubernetesObject): Record<string, string> {
  const field = (path: string): string =>
    path.split('.').reduce((value: KubernetesObject, key) => value?.[key], pod) ?? 'node-1';
  const variables = (container.env ?? []).map(({ name, value, valueFrom }: KubernetesObject) => [
    name,
    value ?? field(valueFrom.fieldRef.fieldPath),
  ]);
  return Object.fromEntries(variables);
}
