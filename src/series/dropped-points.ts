import type { Clock, ComponentSettings, Logger, OwnMetrics } from '#component/component.ts';
import { DropTable } from './inspect/drop-table.ts';
import type { DropReason } from './outcome.ts';

/** A drop, in the form of the status page. */
export interface RecentDrop {
  readonly metric: string;
  /** `job/instance` of its target, as far as known. */
  readonly target: string;
  readonly reason: DropReason;
  readonly timeUnixMs: number;
}

/** Maximum number of drops on the status page. */
const recentLimit = 100;
/** Maximum number of pairs of metric and reason to log. Further pairs are only counted. */
const loggedLimit = 1_000;

/** Normal reasons: counted, but not logged. */
const silent: ReadonlySet<DropReason> = new Set(['out_of_order', 'regression', 'duplicate_delta']);

/** Dropped points: a counter by reason, the latest drops by name, and one log line per metric and reason. */
export class DroppedPoints {
  /** Drops since startup, for the console. */
  readonly table = new DropTable();
  readonly #recent: RecentDrop[] = [];
  #next = 0;
  readonly #logged = new Set<string>();
  readonly #counters = new Map<DropReason, { add(value: number): void }>();
  readonly #labels: Readonly<Record<string, string>>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: OwnMetrics;

  constructor(options: ComponentSettings) {
    this.#labels = { exporter: options.id };
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#metrics = options.metrics;
  }

  /** `target` is undefined if unknown. */
  count(reason: DropReason, points: number, from: { metric: string; target: TargetName | undefined }): void {
    let counter = this.#counters.get(reason);
    if (counter === undefined) {
      counter = this.#metrics.counter(
        'pitot_prometheus_dropped_points_total',
        'Total number of data points that the prometheus exporter dropped, by reason.',
        { ...this.#labels, reason },
      );
      this.#counters.set(reason, counter);
    }
    counter.add(points);
    const target = targetText(from.target);
    this.table.add(reason, points, { metric: from.metric, target, unixMs: this.#clock.now() });
    const drop = { metric: from.metric, target, reason, timeUnixMs: this.#clock.now() };
    this.#recent[this.#next] = drop;
    this.#next = (this.#next + 1) % recentLimit;
    if (!silent.has(reason)) this.#logOnce(drop);
  }

  /** Counts attributes of a new series that cannot be labels. */
  countOmittedLabels(labels: number): void {
    this.#metrics
      .counter(
        'pitot_prometheus_omitted_labels_total',
        'Total number of attributes of new series that have no label, because their key is empty.',
        this.#labels,
      )
      .add(labels);
  }

  /** The latest drops, newest first. */
  get recent(): readonly RecentDrop[] {
    return [...this.#recent.slice(this.#next), ...this.#recent.slice(0, this.#next)].reverse();
  }

  #logOnce({ metric, reason, target }: RecentDrop): void {
    const key = `${reason} ${metric}`;
    if (this.#logged.has(key) || this.#logged.size >= loggedLimit) return;
    this.#logged.add(key);
    this.#logger.warn('Data points dropped', { metric, reason, target });
  }
}

interface TargetName {
  readonly job: string | undefined;
  readonly instance: string | undefined;
}

function targetText(target: TargetName | undefined): string {
  const job = target?.job ?? '';
  return target?.instance === undefined ? job : `${job}/${target.instance}`;
}
