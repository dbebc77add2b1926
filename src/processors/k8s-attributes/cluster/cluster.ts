import type { Clock, ComponentSettings } from '#component/component.ts';
import { timerDelay } from '#component/timer-delay.ts';
import { ApiClient } from '#kubernetes/api-client.ts';
import { ApiError } from '#kubernetes/api-error.ts';
import type { ApiObject } from '#kubernetes/api-object.ts';
import { loadKubeConfig } from '#kubernetes/kube-config.ts';
import { ListWatch, type Subject } from '#kubernetes/list-watch.ts';
import type { ApiPod } from '../api-objects.ts';
import type { K8sAttributesConfig } from '../config.ts';
import { type KindOnServer, type ObjectKind, objectKinds, podKind } from '../object-kinds.ts';
import { PodReader } from '../pod.ts';
import { Pods } from '../pods.ts';
import { WatchedObjects } from '../watched-objects.ts';
import { nodeSelector, podSelectors } from './selectors.ts';
import { watchedKinds } from './watched-kinds.ts';

/** A copy of the pods and other objects of a cluster that the configuration requires. */
export class Cluster {
  readonly #config: K8sAttributesConfig;
  readonly #settings: ComponentSettings;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>[] = [];
  /** Failing resources, with the error that was logged. */
  readonly #failing = new Map<string, string>();
  readonly objects: WatchedObjects;
  readonly reader: PodReader;
  readonly pods: Pods;
  /** Changes with every object, so that results can be cached. */
  version = 0;
  #isFullLogged = false;

  constructor(config: K8sAttributesConfig, settings: ComponentSettings, clock: Clock = settings.clock) {
    this.#config = config;
    this.#settings = settings;
    this.objects = new WatchedObjects(config);
    this.reader = new PodReader(config, this.objects);
    const { podDeleteGracePeriod: graceMs, maxObjects } = config;
    this.pods = new Pods(this.reader, { graceMs, maxRemovals: 4 * maxObjects }, clock);
  }

  /**
   * Starts to watch, and waits for all pods if configured.
   * @throws Error if there is no cluster, or the wait ends too early
   */
  async start(): Promise<void> {
    const { waitForMetadata, waitForMetadataTimeout, filter } = this.#config;
    const client = new ApiClient(await loadKubeConfig(this.#config));
    const selectors = podSelectors(filter);
    this.#settings.logger.info('k8s filtering', selectors);
    // Pods follow when the objects that they refer to are known.
    const others = watchedKinds(this.#config, this.objects).map((kind) => this.#watch(client, this.#subjectOf(kind)));
    const synced = Promise.all(others).then(() => this.#watch(client, { ...this.#podSubject(), ...selectors }));
    if (!waitForMetadata) return;
    const timeout = Promise.withResolvers<never>();
    // Same text as the Collector.
    const tooLate = () => timeout.reject(new Error(`failed to wait for caches to sync${this.#reasons()}`));
    const timer = setTimeout(tooLate, timerDelay(waitForMetadataTimeout));
    await Promise.race([synced, timeout.promise]).finally(() => clearTimeout(timer));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }

  /** Starts to watch one kind of object. Resolves when all of them are known. */
  #watch(client: ApiClient, subject: Subject): Promise<void> {
    const synced = Promise.withResolvers<void>();
    const resource = subject.path.split('/').at(-1)!;
    const events = {
      synced: synced.resolve,
      failed: (error: Error) => this.#failed(resource, error),
      succeeded: () => this.#succeeded(resource),
    };
    this.#running.push(new ListWatch(client, subject, events).run(this.#stop.signal));
    return synced.promise;
  }

  #subjectOf(kind: ObjectKind): Subject {
    const { extract, filter } = this.#config;
    const onlyKubeSystem =
      kind === 'namespace' && !this.objects.hasRules(kind) && extract.metadata.includes('k8s.cluster.uid');
    return {
      path: this.#pathOf(objectKinds[kind]),
      labelSelector: '',
      fieldSelector: kind === 'node' ? nodeSelector(filter) : onlyKubeSystem ? 'metadata.name=kube-system' : '',
      metadataOnly: true,
      set: (object) => {
        if (this.#isFull(this.objects.has(kind, object))) return;
        this.version++;
        this.objects.set(kind, object);
      },
      delete: (object) => {
        this.version++;
        this.objects.delete(kind, object);
      },
    };
  }

  #podSubject(): Omit<Subject, 'labelSelector' | 'fieldSelector'> {
    return {
      path: this.#pathOf(podKind),
      metadataOnly: false,
      set: (object: ApiObject) => {
        if (this.#isFull(this.pods.has(object.metadata?.uid ?? ''))) return;
        this.version++;
        this.pods.set(object as ApiPod);
      },
      delete: ({ metadata: { uid = '' } = {} }: ApiObject) => {
        this.version++;
        this.pods.delete(uid);
      },
    };
  }

  #pathOf({ path, resource, isNamespaced }: KindOnServer): string {
    const { namespace } = this.#config.filter;
    return isNamespaced && namespace !== ''
      ? `${path}/namespaces/${encodeURIComponent(namespace)}/${resource}`
      : `${path}/${resource}`;
  }

  /** Returns whether there is no space for another object, and counts it. */
  #isFull(isKnown: boolean): boolean {
    const { maxObjects } = this.#config;
    if (isKnown || this.pods.size + this.objects.size < maxObjects) return false;
    const { logger, metrics, id } = this.#settings;
    metrics
      .counter(
        'pitot_k8s_attributes_ignored_objects_total',
        'Total number of objects ignored because of max_objects.',
        {
          processor: id,
        },
      )
      .add(1);
    if (!this.#isFullLogged) {
      this.#isFullLogged = true;
      logger.warn('Kubernetes objects are ignored; raise max_objects or set a filter', { max_objects: maxObjects });
    }
    return true;
  }

  #failed(resource: string, { message, ...error }: Error): void {
    if (this.#failing.get(resource) !== message) {
      const status = error instanceof ApiError ? error.status : undefined;
      this.#settings.logger.warn('Kubernetes API request failed; retrying', { resource, status, error: message });
    }
    this.#failing.set(resource, message);
  }

  #succeeded(resource: string): void {
    if (!this.#failing.delete(resource)) return;
    this.#settings.logger.info('Kubernetes API request succeeded again', { resource });
  }

  #reasons(): string {
    const reasons = [...this.#failing].map(([resource, message]) => `${resource}: ${message}`);
    return reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
  }
}
