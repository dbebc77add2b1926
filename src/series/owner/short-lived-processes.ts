import type { Logger, OwnMetrics } from '#component/component.ts';
import type { StoredLabelSet } from '../label-sets.ts';
import type { SeriesRecord, StoredSeries } from '../stored-series.ts';

/** Minimum number of processes that must send the same counter before the warning is logged. */
const processesThreshold = 10;
/** Minimum number of these processes that must be short-lived. */
const shortLivedThreshold = 8;
/** Silence after which a process counts as ended, ns. Slightly longer than the usual export interval. */
const silenceNano = 65_000_000_000n;
/** A process that ended sooner than this after its start was short-lived, ns. */
const lifetimeNano = 600_000_000_000n;

/** Limits on what is observed. Further metrics and processes are ignored. */
const maxMetrics = 200;
const maxAttributeSets = 100;
const maxRestarted = 2_000;
/** Maximum number of metric names to log. */
const maxAffected = 50;

interface Sighting {
  /** Series of the first processes. */
  readonly first: StoredSeries[];
  latest: StoredSeries;
}

interface Restarts {
  count: number;
  latestStart: bigint;
}

/**
 * In last-value mode, detects counters of many processes that each export once or twice. Each process then overwrites
 * the others or leaves a series that never increases, and every rate is wrong. Logs one warning with the names and the
 * setting that corrects it.
 */
export class ShortLivedProcesses {
  readonly #logger: Logger;
  readonly #metrics: OwnMetrics;
  /** Observations by metric, and by the hash of attributes without the process. */
  readonly #sightings = new Map<string, Map<number, Sighting>>();
  readonly #restarts = new Map<SeriesRecord, Restarts>();
  readonly #affected = new Set<string>();
  #isWarned = false;

  constructor({ logger, metrics }: { readonly logger: Logger; readonly metrics: OwnMetrics }) {
    this.#logger = logger;
    this.#metrics = metrics;
  }

  /** Affected metrics, with their OTLP names. */
  get affected(): readonly string[] {
    return [...this.#affected];
  }

  /** Call when a process has sent a counter for the first time, as a new series. */
  appeared(series: StoredSeries): void {
    const { metricName } = series.instrument;
    let sightings = this.#sightings.get(metricName);
    if (sightings === undefined) {
      if (this.#sightings.size >= maxMetrics) return;
      sightings = new Map();
      this.#sightings.set(metricName, sightings);
    }
    const { hash } = series.labels as StoredLabelSet;
    const sighting = sightings.get(hash);
    if (sighting === undefined) {
      if (sightings.size < maxAttributeSets) sightings.set(hash, { first: [series], latest: series });
      return;
    }
    sighting.latest = series;
    if (sighting.first.length < processesThreshold) sighting.first.push(series);
  }

  /** Call when a counter starts again in the same series, because another process sends it. */
  restarted(series: StoredSeries): void {
    const start = series.createdUnixNano;
    if (start === undefined) return;
    const known = this.#restarts.get(series);
    if (known === undefined) {
      if (this.#restarts.size < maxRestarted) this.#restarts.set(series, { count: 1, latestStart: start });
    } else if (start > known.latestStart) {
      // Two long-lived processes can alternate in one series. Only a process that is newer than all previous ones
      // counts as another.
      known.latestStart = start;
      known.count += 1;
      if (known.count >= processesThreshold) this.#isAffected(series.instrument.metricName);
    }
  }

  /** Evaluates the observations and logs the warning at most once. Cheap: called on scrapes and sweeps. */
  evaluate(): void {
    for (const [metric, sightings] of this.#sightings) {
      for (const [hash, sighting] of sightings) {
        const isProven =
          sighting.first.filter((series) => isShortLived(series, sighting)).length >= shortLivedThreshold;
        if (isProven) this.#isAffected(metric);
        if (isProven || !sighting.latest.isLive) sightings.delete(hash);
      }
      if (sightings.size === 0) this.#sightings.delete(metric);
    }
    for (const series of this.#restarts.keys()) {
      if (!series.isLive) this.#restarts.delete(series);
    }
    if (this.#affected.size > 0 && !this.#isWarned) this.#warn();
  }

  #isAffected(metric: string): void {
    if (this.#affected.has(metric) || this.#affected.size >= maxAffected) return;
    this.#affected.add(metric);
    this.#metrics.gauge(
      'pitot_prometheus_short_lived_counters',
      'Whether many short-lived processes send this counter (1), so that its values are wrong without accumulation.',
      { metric },
      () => 1,
    );
  }

  #warn(): void {
    this.#isWarned = true;
    this.#logger.warn(
      'Many short-lived processes send the same counters, so their values and rates are wrong; set accumulation::enabled: true in this exporter to add them up',
      { metrics: this.affected },
    );
  }
}

/** Uses the times of the data points, so that replayed data is evaluated in the same way. */
function isShortLived(
  { timeUnixNano, createdUnixNano }: StoredSeries & SeriesRecord,
  { first, latest }: Sighting,
): boolean {
  let newest = latest.timeUnixNano;
  for (const series of first) {
    if (series.timeUnixNano > newest) newest = series.timeUnixNano;
  }
  if (newest - timeUnixNano <= silenceNano) return false;
  return createdUnixNano !== undefined && timeUnixNano - createdUnixNano < lifetimeNano;
}
