import type { Logger, OwnMetrics } from '#component/component.ts';
import type { StoredLabelSet } from '#series/label-sets.ts';
import type { SeriesRecord, StoredSeries } from '#series/stored-series.ts';

/** So many processes must have sent the same counter before anything is said. */
const processesThreshold = 10;
/** Of these, so many must have been short-lived. */
const shortLivedThreshold = 8;
/** A process that was silent for longer than the usual export interval has ended. */
const silenceNano = 65_000_000_000n;
/** What ended earlier after its start was short-lived. */
const lifetimeNano = 600_000_000_000n;

/** Bounds of what is watched; the rest is left alone. */
const maxMetrics = 200;
const maxAttributeSets = 100;
const maxRestarted = 2_000;
/** Names that are told. */
const maxAffected = 50;

interface Sighting {
  /** The series of the first processes. */
  readonly first: StoredSeries[];
  latest: StoredSeries;
}

interface Restarts {
  count: number;
  latestStart: bigint;
}

/**
 * Notices, when nothing is accumulated, that a counter comes from many processes which each send it once or twice: then each of
 * them overwrites the others, or leaves a series of its own that never rises, and every rate is wrong. Said once, with the
 * names and the setting that mends it.
 */
export class ShortLivedProcesses {
  readonly #logger: Logger;
  readonly #metrics: OwnMetrics;
  /** By metric, and by the hash of attributes: without the process. */
  readonly #sightings = new Map<string, Map<number, Sighting>>();
  readonly #restarts = new Map<SeriesRecord, Restarts>();
  readonly #affected = new Set<string>();
  #isTold = false;

  constructor({ logger, metrics }: { readonly logger: Logger; readonly metrics: OwnMetrics }) {
    this.#logger = logger;
    this.#metrics = metrics;
  }

  /** Metrics that are affected, as their senders name them. */
  get affected(): readonly string[] {
    return [...this.#affected];
  }

  /** A process has sent a counter for the first time, as a series of its own. */
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

  /** A counter began anew in the same series: another process sends it now. */
  restarted(series: StoredSeries): void {
    const start = series.createdUnixNano;
    if (start === undefined) return;
    const known = this.#restarts.get(series);
    if (known === undefined) {
      if (this.#restarts.size < maxRestarted) this.#restarts.set(series, { count: 1, latestStart: start });
    } else if (start > known.latestStart) {
      // Two long-lived senders of one series take turns: only a process that is newer than all before is another one.
      known.latestStart = start;
      known.count += 1;
      if (known.count >= processesThreshold) this.#isAffected(series.instrument.metricName);
    }
  }

  /** Looks at what was noticed, and says it once. Cheap: called at scrapes and sweeps. */
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
    if (this.#affected.size > 0 && !this.#isTold) this.#tell();
  }

  #isAffected(metric: string): void {
    if (this.#affected.has(metric) || this.#affected.size >= maxAffected) return;
    this.#affected.add(metric);
    this.#metrics.gauge(
      'pitot_prometheus_short_lived_counters',
      'Counters that many short-lived processes send, so that their values are wrong without accumulation; by metric.',
      { metric },
      () => 1,
    );
  }

  #tell(): void {
    this.#isTold = true;
    this.#logger.warn(
      'counters come from many short-lived processes: each starts at zero, so the values and rates shown are wrong; set accumulation::enabled: true in this exporter to add them up',
      { metrics: this.affected },
    );
  }
}

/** Judged by the points' own times, so that replayed data is judged alike. */
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
