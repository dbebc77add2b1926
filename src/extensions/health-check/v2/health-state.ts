import type { Clock, ComponentId, ComponentKind, Host } from '#component/component.ts';

/** Names of statuses that `/status` returns. */
type StatusName = 'StatusNone' | 'StatusStarting' | 'StatusOK' | 'StatusRecoverableError' | 'StatusStopping';

/** Status of the service, of a pipeline, or of a component. */
export interface Status {
  readonly name: StatusName;
  /** Begin of the status, milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly error?: string;
  /** Parts by name, such as `pipeline:metrics` or `receiver:otlp`. */
  readonly parts: ReadonlyMap<string, Status>;
}

interface Problem {
  readonly error: string;
  readonly sinceMs: number;
}

/** Scope of the status of all extensions. */
const extensionsScope = 'extensions';

/**
 * The statuses of the pipelines and their components, as the Collector aggregates them. A component is degraded while it reports a
 * problem, which is a recoverable error.
 */
export class HealthState {
  readonly #clock: Clock;
  readonly #problems = new Map<string, Problem>();
  /** Times of recoveries by component. */
  readonly #recovered = new Map<string, number>();
  #phase: StatusName = 'StatusStarting';
  #phaseSinceMs: number;
  #host: Host | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#phaseSinceMs = clock.now();
  }

  /** Sets the host that describes the running pipelines. */
  set host(host: Host) {
    this.#host = host;
  }

  enter(phase: StatusName): void {
    this.#phase = phase;
    this.#phaseSinceMs = this.#clock.now();
  }

  /** Records a problem of a component, or its recovery. */
  record(kind: ComponentKind, id: ComponentId, problem: Error | undefined): void {
    const key = `${kind}:${id}`;
    const known = this.#problems.get(key);
    const now = this.#clock.now();
    if (problem) {
      this.#problems.set(key, { error: problem.message, sinceMs: known?.sinceMs ?? now });
      this.#recovered.delete(key);
    } else if (known) {
      this.#problems.delete(key);
      this.#recovered.set(key, now);
    }
  }

  /** Returns the status of a scope: `''` is everything, `extensions`, or the ID of a pipeline. Undefined if there is none. */
  status(scope: string): Status | undefined {
    const { pipelines = [], extensions = [] } = this.#host?.describe?.() ?? {};
    const ofPipeline = (pipeline: (typeof pipelines)[number]) =>
      aggregate([
        ...this.#parts('receiver', pipeline.receivers),
        ...this.#parts('processor', pipeline.processors),
        ...this.#parts('exporter', pipeline.exporters),
      ]);
    if (scope === extensionsScope) return aggregate(this.#parts('extension', extensions));
    if (scope !== '') {
      const pipeline = pipelines.find(({ id }) => id === scope);
      return pipeline && ofPipeline(pipeline);
    }
    return aggregate([
      [extensionsScope, aggregate(this.#parts('extension', extensions))],
      ...pipelines.map((each) => [`pipeline:${each.id}`, ofPipeline(each)] as const),
    ]);
  }

  #parts(kind: ComponentKind, ids: readonly ComponentId[]): (readonly [string, Status])[] {
    return ids.map((id) => {
      const key = `${kind}:${id}`;
      return [key, this.#component(key)] as const;
    });
  }

  #component(key: string): Status {
    const problem = this.#phase === 'StatusOK' ? this.#problems.get(key) : undefined;
    const parts = new Map<string, Status>();
    if (problem) return { name: 'StatusRecoverableError', ...problem, parts };
    const recovered = this.#phase === 'StatusOK' ? (this.#recovered.get(key) ?? 0) : 0;
    return { name: this.#phase, sinceMs: Math.max(this.#phaseSinceMs, recovered), parts };
  }
}

/** Combines statuses. An error takes precedence, and its time is that of the first error; otherwise it is the latest time. */
function aggregate(entries: readonly (readonly [string, Status])[]): Status {
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = new Map(sorted);
  const statuses = [...parts.values()];
  const errors = statuses.filter(({ name }) => name === 'StatusRecoverableError');
  const [first] = errors.sort((a, b) => a.sinceMs - b.sinceMs);
  if (first) return { ...first, parts };
  return {
    name: statuses[0]?.name ?? 'StatusNone',
    sinceMs: statuses.reduce((latest, { sinceMs }) => Math.max(latest, sinceMs), 0),
    parts,
  };
}
