import type { ComponentSettings } from '#component/component.ts';
import { Cluster } from './cluster/cluster.ts';
import type { K8sAttributesConfig } from './config.ts';

interface Shared {
  readonly cluster: Cluster;
  users: number;
  started: Promise<void> | undefined;
}

/** One copy of the cluster for all pipelines that contain the same processor. */
export class SharedClusters {
  readonly #shared = new Map<K8sAttributesConfig, Shared>();

  acquire(config: K8sAttributesConfig, settings: ComponentSettings): Cluster {
    const shared = this.#shared.get(config) ?? { cluster: new Cluster(config, settings), users: 0, started: undefined };
    shared.users++;
    this.#shared.set(config, shared);
    return shared.cluster;
  }

  /** Starts an acquired cluster, once. */
  start(config: K8sAttributesConfig): Promise<void> {
    const shared = this.#shared.get(config)!;
    shared.started ??= shared.cluster.start();
    return shared.started;
  }

  async release(config: K8sAttributesConfig): Promise<void> {
    const shared = this.#shared.get(config)!;
    shared.users--;
    if (shared.users > 0) return;
    this.#shared.delete(config);
    await shared.cluster.stop();
  }
}
