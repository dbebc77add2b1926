import type { Clock, ComponentSettings, Logger, OwnMetrics } from '#component/component.ts';
import { DropTable } from './inspect/drop-table.ts';
import type { DropReason } from './outcome.ts';

/** One drop, as the status page shows it. */
export interface RecentDrop {
  readonly metric: string;
  /** `job/instance` of the sender, as far as it says them. */
  readonly sender: string;
  readonly reason: DropReason;
  readonly timeUnixMs: number;
}

/** Drops remembered for the status page. */
const recentLimit = 100;
/** Pairs of metric and reason that have been logged; beyond it they are only counted. */
const loggedLimit = 1_000;

/** Reasons that are ordinary: counted, but not worth a log line. */
const silent: ReadonlySet<DropReason> = new Set(['out_of_order', 'regression', 'duplicate_delta']);

/** What is left out, by reason: a counter, the latest ones by name, and one log line for each metric and reason. */
export class DroppedPoints {
  /** What was dropped since the start, for those who look. */
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

  /** `sender`: undefined when it is not known any more. */
  count(reason: DropReason, points: number, from: { metric: string; sender: TargetName | undefined }): void {
    let counter = this.#counters.get(reason);
    if (counter === undefined) {
      counter = this.#metrics.counter(
        'pitot_prometheus_dropped_points_total',
        'Data points that the prometheus exporter left out, by reason.',
        { ...this.#labels, reason },
      );
      this.#counters.set(reason, counter);
    }
    counter.add(points);
    const target = targetText(from.sender);
    this.table.add(reason, points, { metric: from.metric, target, unixMs: this.#clock.now() });
    const drop = { metric: from.metric, sender: target, reason, timeUnixMs: this.#clock.now() };
    this.#recent[this.#next] = drop;
    this.#next = (this.#next + 1) % recentLimit;
    if (!silent.has(reason)) this.#logOnce(drop);
  }

  /** Attributes of a new series that cannot be labels. */
  countOmittedLabels(labels: number): void {
    this.#metrics
      .counter(
        'pitot_prometheus_omitted_labels_total',
        'Attributes of new series that are no labels, because their key is empty.',
        this.#labels,
      )
      .add(labels);
  }

  /** The latest drops, newest first. */
  get recent(): readonly RecentDrop[] {
    return [...this.#recent.slice(this.#next), ...this.#recent.slice(0, this.#next)].reverse();
  }

  #logOnce({ metric, reason, sender }: RecentDrop): void {
    const key = `${reason} ${metric}`;
    if (this.#logged.has(key) || this.#logged.size >= loggedLimit) return;
    this.#logged.add(key);
    this.#logger.warn('data points are left out of the page', { metric, reason, sender });
  }
}

interface TargetName {
  readonly job: string | undefined;
  readonly instance: string | undefined;
}

function targetText(sender: TargetName | undefined): string {
  const job = sender?.job ?? '';
  return sender?.instance === undefined ? job : `${job}/${sender.instance}`;
}
