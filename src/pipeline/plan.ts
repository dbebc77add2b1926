import type { ComponentId, ComponentKind } from '#component/component.ts';
import type { Signal } from '#component/signals.ts';
import { isGateEnabled } from '#config/feature-gates.ts';
import type { LoadedConfig } from '#config/load-config.ts';
import { metricsRemedy, successorOf } from '#config/removed-components.ts';
import type { ConfiguredComponent } from '#config/section.ts';
import type { PipelineConfig } from '#config/service-config.ts';
import { BuildError } from './build-error.ts';

/** A pipeline with the components that pitot creates for it. */
export interface PlannedPipeline {
  readonly id: string;
  readonly signal: Signal;
  readonly receivers: readonly ComponentId[];
  readonly processors: readonly ComponentId[];
  readonly exporters: readonly ComponentId[];
}

/** A part of the configuration that pitot ignores. */
interface PlanWarning {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Pipelines and extensions to create, determined before any component exists. */
export interface Plan {
  readonly pipelines: readonly PlannedPipeline[];
  readonly extensions: readonly ComponentId[];
  /** One warning per configured component or pipeline that pitot ignores. */
  readonly warnings: readonly PlanWarning[];
}

type PartKind = Exclude<ComponentKind, 'extension'>;
/** Exporters whose data stays in pitot or its log. */
const localExporters: ReadonlySet<string> = new Set(['debug', 'nop', 'prometheus']);

const partKinds: readonly PartKind[] = ['receiver', 'processor', 'exporter'];

/**
 * Determines the pipelines and extensions to create. Components of otelcol-contrib that pitot does not support are ignored with
 * a warning, if ignoring them leaves the metrics of the other pipelines as configured:
 * - a receiver or extension is ignored, and anything in a traces or logs pipeline;
 * - a pipeline without receivers or exporters is disabled, and so is a traces or logs pipeline that sends data to other systems and has
 *   an unsupported processor;
 * - a processor or exporter in a metrics pipeline is an error, and so is a component that contrib removed;
 * - nothing left to do is an error, and so is a prometheus exporter that would serve nothing.
 * @throws BuildError
 */
export function planPipelines(loaded: LoadedConfig): Plan {
  return new Planner(loaded).plan();
}

class Planner {
  readonly #loaded: LoadedConfig;
  readonly #warnings: PlanWarning[] = [];
  /** Ignored components by kind and id, with the pipelines that refer to them. */
  readonly #ignored = new Map<string, { kind: PartKind; id: ComponentId; pipelines: string[] }>();
  /** Why a pipeline is disabled, by its id. */
  readonly #disabled = new Map<string, string>();

  constructor(loaded: LoadedConfig) {
    this.#loaded = loaded;
  }

  plan(): Plan {
    const configured = Object.values(this.#loaded.service.pipelines);
    const pipelines = configured.flatMap((pipeline) => this.#pipeline(pipeline) ?? []);
    this.#requireWork(configured, pipelines);
    for (const { kind, id, pipelines: inPipelines } of this.#ignored.values()) this.#warnIgnored(kind, id, inPipelines);
    return { pipelines, extensions: this.#extensions(), warnings: this.#warnings };
  }

  #pipeline({ id, signal, ...parts }: PipelineConfig): PlannedPipeline | undefined {
    const path = ['service', 'pipelines', id];
    if (signal === 'profiles') {
      const reason = 'pitot does not support profiles';
      this.#disabled.set(id, reason);
      this.#warn('Pipeline disabled', { pipeline: id, reason });
      return undefined;
    }
    for (const kind of partKinds) {
      for (const name of parts[`${kind}s`].filter((each) => this.#isForeign(kind, each))) {
        if (signal === 'metrics') this.#refuseInMetrics(kind, name, path);
        const key = `${kind} ${name}`;
        const entry = this.#ignored.get(key) ?? { kind, id: name, pipelines: [] };
        entry.pipelines.push(id);
        this.#ignored.set(key, entry);
      }
    }
    // Same as the Collector: a component that is listed twice is used once.
    const kept = (kind: PartKind) => [...new Set(parts[`${kind}s`].filter((each) => !this.#isForeign(kind, each)))];
    const planned = {
      id,
      signal,
      receivers: kept('receiver'),
      processors: kept('processor'),
      exporters: kept('exporter'),
    };
    for (const kind of ['receivers', 'exporters'] as const) {
      if (planned[kind].length > 0) continue;
      return this.#disable(id, `pitot supports none of its ${kind}`, { [kind]: parts[kind] });
    }
    // Data that was to be sampled or redacted must not leave pitot without that.
    const processors = parts.processors.filter((name) => this.#isForeign('processor', name));
    if (processors.length > 0 && planned.exporters.some((name) => this.#sends(name))) {
      return this.#disable(id, 'ignoring its processors would change what it sends', { processors });
    }
    return planned;
  }

  #disable(pipeline: string, reason: string, parts: Readonly<Record<string, readonly ComponentId[]>>): undefined {
    this.#disabled.set(pipeline, `${reason} (${Object.values(parts).flat().map(quote).join(', ')})`);
    this.#warn('Pipeline disabled', { pipeline, reason, ...parts });
  }

  /** Whether an exporter sends data to other systems. */
  #sends(id: ComponentId): boolean {
    const type = this.#loaded.exporters.components.get(id)?.factory.type;
    return type !== undefined && !localExporters.has(type);
  }

  /** @throws BuildError for a component without which the metrics would differ, or that contrib itself removed */
  #refuseInMetrics(kind: PartKind, id: ComponentId, path: readonly string[]): void {
    const instead = metricsRemedy(kind, typeOf(id));
    if (instead === undefined && kind === 'receiver') return;
    const what = `failed to build pipelines: failed to create ${quote(id)} ${kind}, in pipeline ${quote(path.at(-1)!)}`;
    const place = [...path, `${kind}s`];
    if (instead !== undefined) {
      throw new BuildError(`${what}: otelcol-contrib removed it`, { path: place, remedy: instead });
    }
    const remedy = 'remove it from this pipeline; ignoring it would change the metrics';
    throw new BuildError(`${what}: not supported by pitot`, { path: place, remedy });
  }

  #requireWork(configured: readonly PipelineConfig[], planned: readonly PlannedPipeline[]): void {
    const served = new Set(planned.flatMap(({ exporters }) => exporters));
    for (const { id, factory } of this.#loaded.exporters.components.values()) {
      if (factory.type !== 'prometheus' || served.has(id)) continue;
      const users = configured.filter(({ exporters }) => exporters.includes(id));
      if (users.length === 0) continue;
      const reasons = users.map(
        (each) => `pipeline ${quote(each.id)} is disabled, because ${this.#disabled.get(each.id)}`,
      );
      throw new BuildError(
        `failed to build pipelines: exporter ${quote(id)} would serve nothing: ${reasons.join('; ')}`,
        {
          path: ['service', 'pipelines', users[0]!.id, 'receivers'],
          remedy: 'add the receiver "otlp" to this pipeline, or remove the exporter from it',
        },
      );
    }
    if (planned.length > 0 || configured.length === 0 || isGateEnabled('service.AllowNoPipelines')) return;
    const reasons = [...this.#disabled].map(([id, reason]) => `${quote(id)}: ${reason}`);
    throw new BuildError(`failed to build pipelines: every pipeline is disabled: ${reasons.join('; ')}`, {
      path: ['service', 'pipelines'],
      remedy: 'use at least one receiver and one exporter that "pitot components" lists',
    });
  }

  #warnIgnored(kind: PartKind, id: ComponentId, pipelines: readonly string[]): void {
    const successor = successorOf(kind, typeOf(id));
    if (successor === undefined) this.#warn('Component not supported by pitot; ignored', { [kind]: id, pipelines });
    else this.#warn('Component removed from otelcol-contrib; ignored', { [kind]: id, pipelines, use: successor });
  }

  #extensions(): ComponentId[] {
    const { extensions, service } = this.#loaded;
    const supported = service.extensions.filter((id) => {
      if (!extensions.foreign.has(id)) return true;
      const successor = successorOf('extension', typeOf(id));
      if (successor === undefined) this.#warn('Component not supported by pitot; ignored', { extension: id });
      else this.#warn('Component removed from otelcol-contrib; ignored', { extension: id, use: successor });
      return false;
    });
    return [...new Set(supported)];
  }

  #isForeign(kind: PartKind, id: ComponentId): boolean {
    const { connectors } = this.#loaded;
    return (kind !== 'processor' && connectors.foreign.has(id)) || this.#loaded[`${kind}s`].foreign.has(id);
  }

  #warn(message: string, fields: PlanWarning['fields']): void {
    this.#warnings.push({ message, fields });
  }
}

function typeOf(id: ComponentId): string {
  return id.split('/', 1)[0]!;
}

function quote(text: string): string {
  return JSON.stringify(text);
}

/** Returns the Collector's warning for a component that is written with a deprecated name. */
export function aliasWarning({
  type,
  factory,
}: ConfiguredComponent<{ readonly type: string; readonly aliases?: readonly string[] }>): string | undefined {
  if (!factory.aliases?.includes(type)) return undefined;
  return `"${type}" alias is deprecated; use "${factory.type}" instead`;
}
