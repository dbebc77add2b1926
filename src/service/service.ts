import { availableParallelism } from 'node:os';
import type { BuildInfo } from '#build-info.ts';
import type { Clock, Component, ComponentId } from '#component/component.ts';
import type { PipelineWatcher } from '#component/extension.ts';
import type { ServiceViews } from '#component/views/service-views.ts';
import { fingerprintOf } from '#config/fingerprint.ts';
import type { LoadedConfig } from '#config/load-config.ts';
import type { BuildTools, Graph } from '#pipeline/build-graph.ts';
import { hostFor, type StartContext, StartError, startComponents, stopComponents } from '#pipeline/lifecycle.ts';
import type { GraphNode } from '#pipeline/node.ts';
import type { Plan } from '#pipeline/plan.ts';
import { StagedMetrics } from '#telemetry/staged-metrics.ts';
import { graphFor, planFor } from './build.ts';
import { describeService } from './describe-service.ts';
import { ServiceHistory } from './service-history.ts';
import { ServiceTelemetry } from './service-telemetry.ts';
import { viewerOf } from './service-viewer.ts';
import { startFailure, telemetryFailure } from './start-failure.ts';
import { TrafficNotes } from './traffic-notes.ts';

/** Settings and dependencies of {@link Service}. */
export interface ServiceOptions {
  readonly build: BuildInfo;
  readonly clock: Clock;
  /** Called when a component cannot continue. */
  onFatal(error: Error): void;
  /** Reads the configuration again, for the views. Rejects with an Error for the user. */
  loadAgain?(): Promise<LoadedConfig>;
}

interface Running {
  readonly loaded: LoadedConfig;
  readonly plan: Plan;
  /** Metrics of the components of this configuration. */
  readonly metrics: StagedMetrics;
  readonly graph: Graph;
}

/** The running parts of a configuration: telemetry, extensions, pipelines. Start it once, replace it any number of times, stop it once. */
export class Service {
  readonly telemetry: ServiceTelemetry;
  readonly #options: ServiceOptions;
  readonly #plan: Plan;
  readonly #loaded: LoadedConfig;
  #running: Running | undefined;
  readonly history: ServiceHistory;
  readonly #views: ServiceViews;
  readonly #notes: TrafficNotes;

  /** Opens the log. @throws Error */
  constructor(loaded: LoadedConfig, options: ServiceOptions) {
    this.#options = options;
    this.#loaded = loaded;
    this.#plan = planFor(loaded);
    this.telemetry = new ServiceTelemetry(loaded.service.telemetry, options);
    this.history = new ServiceHistory(options.clock);
    this.#views = viewerOf({
      running: () => ({
        loaded: this.#running?.loaded ?? loaded,
        plan: this.#running?.plan ?? this.#plan,
        nodes: [...(this.#running?.graph.extensions ?? []), ...(this.#running?.graph.components ?? [])],
      }),
      telemetry: this.telemetry,
      history: this.history,
      loadAgain: () => options.loadAgain?.() ?? Promise.resolve(loaded),
      planOf: planFor,
    });
    this.telemetry.serviceViews = this.#views;
    this.#notes = new TrafficNotes({ views: this.#views, clock: options.clock, logger: this.telemetry.log.root });
  }

  /**
   * Creates and starts all components (docs/reference/collector-behaviour.md#start-reload-and-shutdown).
   * @throws Error after stopping the started components
   */
  async start(): Promise<void> {
    const { build } = this.#options;
    const { log } = this.telemetry;
    await this.telemetry.start().catch((error: Error) => {
      throw telemetryFailure(error, this.#loaded);
    });
    this.#logNotices(this.#loaded, this.#plan);
    const next = this.#build(this.#loaded, this.#plan);
    const { graph } = next;
    log.root.info(`Starting ${build.command}...`, { Version: build.version, NumCPU: availableParallelism() });
    this.#running = next;
    next.metrics.commit();
    log.root.info('Starting extensions...');
    await this.#startExtensions(graph.extensions);
    graph.connect();
    await this.#startPipelines(graph.components);
    this.history.add('started', `${build.command} ${build.version}`);
    for (const watcher of watchers(graph.extensions)) watcher.ready();
    log.root.info('Everything is ready. Begin running and processing data.');
    this.#notes.announce();
  }

  /**
   * Replaces the configuration. Components with unchanged settings keep running, with their state and open ports. Data
   * that arrives in the meantime waits. If the new configuration cannot be built or started, the previous one is
   * restored.
   * @throws ReplaceError whose `restored` is true if the previous configuration runs again
   */
  async replace(loaded: LoadedConfig, deadline: () => AbortSignal): Promise<void> {
    const old = this.#running!;
    const plan = planFor(loaded);
    const next = this.#build(loaded, plan, this.#reusable(loaded, plan));
    await this.telemetry.reconfigure(loaded.service.telemetry, deadline());
    this.#logNotices(loaded, plan);
    try {
      await this.#exchange(old.graph, next, deadline);
      this.history.add('reloaded', 'configuration');
      this.#notes.announce();
    } catch (error) {
      await this.#restore(old, { failed: next.graph, deadline }).catch((cause) => {
        throw new ReplaceError((error as Error).message, { restored: false, cause });
      });
      throw new ReplaceError((error as Error).message, { restored: true, cause: error });
    }
  }

  /** Stops everything in the direction of the data. @returns the errors */
  async shutdown(deadline: AbortSignal): Promise<Error[]> {
    const { log } = this.telemetry;
    this.#notes.stop();
    log.root.info('Starting shutdown...');
    const errors: Error[] = [];
    if (this.#running) {
      const { extensions, components } = this.#running.graph;
      for (const watcher of watchers(extensions)) watcher.notReady();
      for (const { outputs } of components) for (const output of outputs.values()) output.close();
      errors.push(...(await stopComponents(components, deadline)));
      log.root.info('Stopping extensions...');
      errors.push(...(await stopComponents(extensions, deadline)));
    }
    for (const { message } of errors) log.root.error('Failed to shut down a component', { error: message });
    log.root.info('Shutdown complete.');
    await this.telemetry.close(deadline);
    return errors;
  }

  async #exchange(from: Graph, next: Running, deadline: () => AbortSignal): Promise<void> {
    const to = next.graph;
    const before = new Set([...from.extensions, ...from.components]);
    const after = new Set([...to.extensions, ...to.components]);
    const isNew = (node: GraphNode) => !before.has(node);
    const isGone = (node: GraphNode) => !after.has(node);
    for (const node of to.components.filter((each) => !isNew(each))) {
      for (const output of node.outputs.values()) output.disconnect();
    }
    await stopComponents(from.components.filter(isGone), deadline());
    await stopComponents(from.extensions.filter(isGone), deadline());
    this.#running = next;
    next.metrics.commit();
    this.#forget(from.components.filter(isGone));
    await this.#startExtensions(to.extensions.filter(isNew));
    const started = to.components.filter(isNew);
    await this.#startPipelines(started.filter(({ kind }) => kind !== 'receiver'));
    to.connect();
    await this.#startPipelines(started.filter(({ kind }) => kind === 'receiver'));
    for (const watcher of watchers(to.extensions.filter(isNew))) watcher.ready();
    for (const watcher of watchers(to.extensions)) watcher.pipelinesChanged?.();
  }

  /** Removes the problems of components that no longer exist. */
  #forget(nodes: readonly GraphNode[]): void {
    for (const { id } of nodes) this.history.forget(id);
    for (const watcher of watchers(this.#running!.graph.extensions)) {
      for (const { id, kind } of nodes) watcher.componentStatus?.(id, undefined, kind);
    }
  }

  async #restore(
    { loaded, graph }: Running,
    { failed, deadline }: { readonly failed: Graph; readonly deadline: () => AbortSignal },
  ): Promise<void> {
    const kept = new Set([...failed.extensions, ...failed.components]);
    const reusable = new Map(
      [...graph.extensions, ...graph.components].filter((node) => kept.has(node)).map((node) => [node.key, node]),
    );
    const again = this.#build(loaded, planFor(loaded), reusable);
    await this.telemetry.reconfigure(loaded.service.telemetry, deadline());
    await this.#exchange(failed, again, deadline);
  }

  /** Returns the reusable nodes: all except those that use a changed extension. */
  #reusable(loaded: LoadedConfig, plan: Plan): Map<string, GraphNode> {
    const { graph } = this.#running!;
    const extensionsKept = new Set(
      graph.extensions
        .filter(({ id, fingerprint }) => {
          const configured = loaded.extensions.components.get(id);
          const same = configured && fingerprintOf([configured.type, configured.config]) === fingerprint;
          return same === true && plan.extensions.includes(id);
        })
        .map(({ id }) => id),
    );
    const nodes = [...graph.extensions, ...graph.components].filter((node) =>
      [...node.usedExtensions].every((id) => extensionsKept.has(id)),
    );
    return new Map(nodes.map((node) => [node.key, node]));
  }

  async #startExtensions(nodes: readonly GraphNode[]): Promise<void> {
    for (const node of nodes) {
      const logger = this.telemetry.log.forComponent({ id: node.id, kind: 'extension' });
      logger.info('Extension is starting...');
      try {
        await node.component.start(hostFor(node, this.#startContext()));
      } catch (error) {
        logger.error('Failed to start extension', { error });
        const message = `failed to start extensions: ${(error as Error).message}`;
        throw startFailure(message, { node, error: error as Error, loaded: this.#running!.loaded });
      }
      logger.info('Extension started.');
    }
  }

  async #startPipelines(nodes: readonly GraphNode[]): Promise<void> {
    try {
      await startComponents(nodes, this.#startContext());
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      const { message, node, cause } = error;
      throw startFailure(`cannot start pipelines: ${message}`, { node, error: cause, loaded: this.#running!.loaded });
    }
  }

  #startContext(): StartContext {
    return {
      logger: this.telemetry.log.root,
      extension: (id) => this.#extension(id),
      describe: () => describeService(this.#running?.plan ?? this.#plan, this.#running?.graph.components ?? []),
      fatal: (error) => this.#options.onFatal(error),
      views: this.#views,
      reportStatus: (id, problem, kind) => {
        this.history.reportStatus(id, problem);
        for (const watcher of watchers(this.#running?.graph.extensions ?? [])) {
          watcher.componentStatus?.(id, problem, kind);
        }
      },
    };
  }

  #extension(id: ComponentId): Component | undefined {
    return this.#running?.graph.extensions.find((node) => node.id === id)?.component;
  }

  #build(loaded: LoadedConfig, plan: Plan, reusable?: ReadonlyMap<string, GraphNode>): Running {
    const { log } = this.telemetry;
    const metrics = new StagedMetrics(this.telemetry.metrics);
    const tools: BuildTools = { metrics, clock: this.#options.clock, logger: (scope) => log.forComponent(scope) };
    return { loaded, plan, metrics, graph: graphFor({ loaded, plan }, tools, reusable) };
  }

  #logNotices({ notices }: LoadedConfig, { warnings }: Plan): void {
    const { root } = this.telemetry.log;
    for (const { level, message, fields } of notices) root[level](message, fields);
    for (const { message, fields } of warnings) root.warn(message, fields);
  }
}

/** A configuration could not be applied. */
export class ReplaceError extends Error {
  override readonly name = 'ReplaceError';
  /** Whether the previous configuration runs again. */
  readonly restored: boolean;

  constructor(message: string, { restored, cause }: { restored: boolean; cause: unknown }) {
    super(message, { cause });
    this.restored = restored;
  }
}

function watchers(extensions: readonly GraphNode[]): PipelineWatcher[] {
  return extensions.map(({ component }) => component).filter(isWatcher);
}

function isWatcher(component: Component): component is PipelineWatcher {
  return 'ready' in component && 'notReady' in component;
}
