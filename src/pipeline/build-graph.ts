import type { z } from 'zod';
import type { Clock, Component, ComponentId, ComponentSettings, Logger, OwnMetrics } from '#component/component.ts';
import type { Consumer } from '#component/consumer.ts';
import { SettingError } from '#component/errors.ts';
import type { ConsumersBySignal } from '#component/factory.ts';
import type { Signal } from '#component/signals.ts';
import { wrongChoice } from '#config/choice-remedies.ts';
import { fingerprintOf } from '#config/fingerprint.ts';
import type { LoadedConfig } from '#config/load-config.ts';
import type { ConfiguredComponent, ConfiguredSection } from '#config/section.ts';
import { BuildError } from './build-error.ts';
import type { Consume } from './consume.ts';
import { fanOut } from './fan-out.ts';
import { Junction } from './junction.ts';
import type { GraphNode, NodeKind } from './node.ts';
import { aliasWarning, type Plan, type PlannedPipeline } from './plan.ts';
import { countPassing } from './processor-counts.ts';

/** Dependencies that components are created with. */
export interface BuildTools {
  readonly metrics: OwnMetrics;
  readonly clock: Clock;
  logger(scope: { id: string; kind: NodeKind; pipeline?: string; signal?: string }): Logger;
}

/** Nodes and their connections, which `connect` makes in a separate step. */
export interface Graph {
  readonly extensions: readonly GraphNode[];
  /** Exporters, then processors from the last to the first, then receivers: the order of starting. */
  readonly components: readonly GraphNode[];
  /** Connects every stage to the next. */
  connect(): void;
}

const notSupported = 'telemetry type is not supported';

/**
 * Creates the components of a plan without starting them. Reuses a node of `reusable` if its key and settings are the same.
 * @throws BuildError `failed to build pipelines: …` or `failed to build extensions: …`
 */
export function buildGraph(
  { loaded, plan }: { loaded: LoadedConfig; plan: Plan },
  tools: BuildTools,
  reusable: ReadonlyMap<string, GraphNode> = new Map(),
): Graph {
  return new GraphBuilder(loaded, tools, reusable).build(plan);
}

class GraphBuilder {
  readonly #loaded: LoadedConfig;
  readonly #tools: BuildTools;
  readonly #reusable: ReadonlyMap<string, GraphNode>;
  /** Components that have logged a warning about their deprecated name: one warning, regardless of the number of pipelines. */
  readonly #warned = new Set<string>();
  readonly #joins: { readonly from: Junction; readonly to: () => Consume }[] = [];

  constructor(loaded: LoadedConfig, tools: BuildTools, reusable: ReadonlyMap<string, GraphNode>) {
    this.#loaded = loaded;
    this.#tools = tools;
    this.#reusable = reusable;
  }

  build({ pipelines, extensions }: Plan): Graph {
    const exporters = new Map<string, GraphNode>();
    const processors: GraphNode[] = [];
    const entries = new Map<string, { readonly consume: Consume; readonly mutates: boolean }>();
    for (const pipeline of pipelines) {
      const sinks = pipeline.exporters.map((id) => this.#exporter(id, pipeline.signal, exporters));
      const first = this.#mutatingFirst(sinks.map((node) => ({ node, mutates: this.#mutates('exporters', node.id) })));
      const stages = pipeline.processors.map((id) => this.#processor(id, pipeline));
      const sink = fanOut(first.map(({ node }) => node.consume!));
      stages.forEach((stage, index) => {
        const following = stages[index + 1];
        this.#joins.push({
          from: stage.outputs.get(pipeline.signal)!,
          to: () => this.#counted('outgoing', { id: stage.id, signal: pipeline.signal }, following?.consume ?? sink),
        });
      });
      processors.push(...stages.toReversed());
      const mutates =
        pipeline.processors.some((id) => this.#mutates('processors', id)) ||
        pipeline.exporters.some((id) => this.#mutates('exporters', id));
      entries.set(pipeline.id, { consume: stages[0]?.consume ?? sink, mutates });
    }
    const receiverIds = new Set(pipelines.flatMap((pipeline) => pipeline.receivers));
    const receivers = [...receiverIds].map((id) => this.#receiver(id, { pipelines, entries }));
    const extensionNodes = extensions.map((id) => this.#extension(id));
    return {
      extensions: extensionNodes,
      components: [...exporters.values(), ...processors, ...receivers],
      connect: () => {
        for (const { from, to } of this.#joins) from.connect(to());
      },
    };
  }

  #exporter(id: ComponentId, signal: Signal, built: Map<string, GraphNode>): GraphNode {
    const key = `exporter ${id} ${signal}`;
    const existing = built.get(key);
    if (existing) return existing;
    const configured = this.#loaded.exporters.components.get(id)!;
    const { factory, config } = configured;
    const node = this.#node({ key, kind: 'exporter', configured, scope: { signal } }, (settings) => {
      try {
        const created = factory.create[signal]?.(config, settings);
        if (!created) throw new Error(notSupported);
        return { component: created, consume: consumeOf(created) };
      } catch (error) {
        throw buildError(`exporter for data type ${JSON.stringify(signal)}`, 'exporters', configured, error);
      }
    });
    built.set(key, node);
    return node;
  }

  #processor(id: ComponentId, { id: pipeline, signal }: PlannedPipeline): GraphNode {
    const configured = this.#loaded.processors.components.get(id)!;
    const { factory, config } = configured;
    const key = `processor ${id} ${pipeline}`;
    return this.#node({ key, kind: 'processor', configured, scope: { pipeline, signal } }, (settings) => {
      const output = new Junction();
      try {
        const created = factory.create[signal]?.(config, settings, output);
        if (!created) throw new Error(notSupported);
        const consume = this.#counted('incoming', { id, signal }, consumeOf(created));
        return { component: created, consume, outputs: new Map([[signal, output]]) };
      } catch (error) {
        throw buildError(`processor, in pipeline ${JSON.stringify(pipeline)}`, 'processors', configured, error);
      }
    });
  }

  #receiver(
    id: ComponentId,
    context: {
      pipelines: readonly PlannedPipeline[];
      entries: ReadonlyMap<string, { readonly consume: Consume; readonly mutates: boolean }>;
    },
  ): GraphNode {
    const configured = this.#loaded.receivers.components.get(id)!;
    const mine = context.pipelines.filter((pipeline) => pipeline.receivers.includes(id));
    const signals = (['metrics', 'traces', 'logs'] as const).filter((signal) =>
      mine.some((each) => each.signal === signal),
    );
    const key = `receiver ${id} ${signals.join(' ')}`;
    const node = this.#node({ key, kind: 'receiver', configured, scope: {} }, (settings) => {
      const unsupported = signals.find((signal) => !configured.factory.signals.includes(signal));
      const outputs = new Map(signals.map((signal) => [signal, new Junction()] as const));
      const next: ConsumersBySignal = Object.fromEntries(outputs);
      try {
        if (unsupported) throw new Error(notSupported);
        return { component: configured.factory.create(configured.config, settings, next), outputs };
      } catch (error) {
        throw buildError(
          `receiver for data type ${JSON.stringify(unsupported ?? signals[0])}`,
          'receivers',
          configured,
          error,
        );
      }
    });
    for (const signal of signals) {
      const targets = mine.filter((each) => each.signal === signal).map((each) => context.entries.get(each.id)!);
      const ordered = this.#mutatingFirst(targets);
      this.#joins.push({
        from: node.outputs.get(signal)!,
        to: () => fanOut(ordered.map(({ consume }) => consume)),
      });
    }
    return node;
  }

  #extension(id: ComponentId): GraphNode {
    const configured = this.#loaded.extensions.components.get(id)!;
    return this.#node({ key: `extension ${id}`, kind: 'extension', configured, scope: {} }, (settings) => {
      try {
        return { component: configured.factory.create(configured.config, settings) };
      } catch (error) {
        const { message } = error as Error;
        const problem = `failed to build extensions: failed to create extension ${JSON.stringify(id)}: ${message}`;
        throw new BuildError(problem, { path: ['extensions', id], cause: error });
      }
    });
  }

  #node(
    { key, kind, configured, scope }: NodeRequest,
    create: (settings: ComponentSettings) => {
      readonly component: Component;
      readonly consume?: Consume;
      readonly outputs?: ReadonlyMap<Signal, Junction>;
    },
  ): GraphNode {
    const { id, type, config } = configured;
    const fingerprint = fingerprintOf([type, config]);
    const existing = this.#reusable.get(key);
    if (existing?.fingerprint === fingerprint) return existing;
    const { metrics, clock } = this.#tools;
    const logger = this.#tools.logger({ id, kind, ...scope });
    const alias = aliasWarning(configured);
    if (alias !== undefined && !this.#warned.has(`${kind} ${id}`)) logger.warn(alias);
    this.#warned.add(`${kind} ${id}`);
    const created = create({ id, logger, metrics, clock });
    return {
      key,
      kind,
      id,
      fingerprint,
      component: created.component,
      consume: created.consume,
      outputs: created.outputs ?? new Map(),
      usedExtensions: new Set(),
    };
  }

  #mutates(section: 'processors' | 'exporters', id: ComponentId): boolean {
    const components: ConfiguredSection<{ readonly mutatesData?: boolean }>['components'] =
      this.#loaded[section].components;
    return components.get(id)?.factory.mutatesData === true;
  }

  #counted(direction: 'incoming' | 'outgoing', end: { id: ComponentId; signal: Signal }, consume: Consume): Consume {
    const { factory } = this.#loaded.processors.components.get(end.id)!;
    if (factory.countsItems !== true) return consume;
    return countPassing(direction, { ...end, metrics: this.#tools.metrics }, consume);
  }

  /**
   * Sorts consumers in the Collector's order: those that mutate data first
   * (docs/reference/collector-behaviour.md#pipelines).
   */
  #mutatingFirst<Item extends { readonly mutates: boolean }>(items: readonly Item[]): Item[] {
    return [...items.filter((item) => item.mutates), ...items.filter((item) => !item.mutates)];
  }
}

interface NodeRequest {
  readonly key: string;
  readonly kind: NodeKind;
  readonly configured: ConfiguredComponent<{ readonly type: string; readonly aliases?: readonly string[] }>;
  readonly scope: { readonly pipeline?: string; readonly signal?: string };
}

function buildError(
  what: string,
  section: string,
  { id, factory, config }: ConfiguredComponent<{ readonly configSchema: z.ZodType }>,
  cause: unknown,
): BuildError {
  const { message } = cause as Error;
  const problem = `failed to build pipelines: failed to create ${JSON.stringify(id)} ${what}: ${message}`;
  if (cause instanceof SettingError) {
    const { keys, remedy } = cause;
    return new BuildError(problem, { path: [section, id, ...keys], cause, remedy });
  }
  const choice = wrongChoice(factory.configSchema, config, message);
  const remedy = message === notSupported ? `it cannot be in a pipeline of this signal` : choice?.remedy;
  const path = [section, id, ...(choice?.keys ?? [])];
  return new BuildError(problem, { path, cause, ...(remedy !== undefined && { remedy }) });
}

const consumeOf =
  (consumer: Consumer<never>): Consume =>
  (data, context) =>
    consumer.consume(data, context);
