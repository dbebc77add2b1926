import type { Problem, Status } from '#api/overview.ts';
import type { Family, Series } from '#api/series.ts';
import type { Sources } from '#api/service.ts';

/** A process that sends, or the short-lived processes of a job. */
interface Client {
  readonly job: string;
  /** Its identity, or the number of processes. */
  readonly process: string;
  readonly address: string;
  readonly sdk: string;
  readonly points: number;
  readonly requests: number;
  readonly refused: number;
  readonly lastUnixMs: number;
  /** Undefined before the second reading. */
  readonly pointsPerSecond: number | undefined;
}

type Metric = Family & {
  /** Series more or fewer than when the metric was first listed. */
  readonly growth: number;
  /** Undefined if it was not listed before. */
  readonly pointsPerSecond: number | undefined;
};

type ListedSeries = Series & {
  /** Change of the value per second since the reading before; undefined if it is unknown. */
  readonly perSecond: number | undefined;
};

type Loss = Problem & {
  /** Count more than at the first reading. */
  readonly growth: number;
};

/** What a running pitot does at one time. */
export interface State {
  readonly status: Status;
  readonly clients: readonly Client[];
  readonly metrics: readonly Metric[];
  readonly series: readonly ListedSeries[];
  readonly losses: readonly Loss[];
}

/** Answers of the console. Series are read only if somebody looks at them. */
export interface Reading {
  readonly status: Status;
  readonly sources: Sources;
  readonly families: readonly Family[];
  /** Whether `families` are all families. */
  readonly hasAllFamilies: boolean;
  readonly problems: readonly Problem[];
  readonly series: readonly Series[];
}

/** Maximum number of metrics whose growth is known. */
const maxRemembered = 20_000;

/** Adds rates and growth to readings, by comparing them with earlier ones. */
export class Changes {
  #atMs = 0;
  #points = new Map<string, number>();
  #familyPoints = new Map<string, number>();
  #values = new Map<string, number>();
  readonly #firstSeries = new Map<string, number>();
  #hadAllFamilies = false;
  #firstCounts: Map<string, number> | undefined;

  /** `atMs`: monotonic time of the reading. */
  next(reading: Reading, atMs: number): State {
    const { status, families, problems } = reading;
    const seconds = this.#atMs === 0 ? undefined : Math.max(0.001, (atMs - this.#atMs) / 1000);
    const clients = clientsOf(reading.sources).map(({ key, ...client }) => ({
      key,
      client: { ...client, pointsPerSecond: perSecond(client.points, this.#points.get(key) ?? 0, seconds) },
    }));
    const series = reading.series.map((each) => ({
      ...each,
      perSecond: perSecond(each.value ?? Number.NaN, this.#values.get(each.selector), seconds),
    }));
    const metrics = families.map((family) => this.#metricOf(family, seconds));
    this.#firstCounts ??= new Map(problems.map((problem) => [problemKey(problem), problem.count]));
    const firstCounts = this.#firstCounts;
    this.#atMs = atMs;
    this.#hadAllFamilies = reading.hasAllFamilies;
    this.#familyPoints = new Map(families.map((family) => [familyKey(family), family.points]));
    this.#points = new Map(clients.map(({ key, client }) => [key, client.points]));
    this.#values = new Map(reading.series.map(({ selector, value }) => [selector, value ?? Number.NaN]));
    return {
      status,
      series,
      clients: clients.map(({ client }) => client),
      metrics,
      losses: problems.map((problem) => ({
        ...problem,
        growth: problem.count - (firstCounts.get(problemKey(problem)) ?? 0),
      })),
    };
  }

  #metricOf(family: Family, seconds: number | undefined): Metric {
    const key = familyKey(family);
    let first = this.#firstSeries.get(key);
    if (first === undefined && this.#firstSeries.size < maxRemembered) {
      first = this.#hadAllFamilies ? 0 : family.seriesCount;
      this.#firstSeries.set(key, first);
    }
    const before = this.#familyPoints.get(key) ?? (this.#hadAllFamilies ? 0 : undefined);
    // A metric whose series have expired counts from 0 again.
    const added = before === undefined || before <= family.points ? before : 0;
    return {
      ...family,
      growth: family.seriesCount - (first ?? family.seriesCount),
      pointsPerSecond: perSecond(family.points, added, seconds),
    };
  }
}

/** Identifies a metric in all readings. */
export const familyKey = ({ exporter, name, type }: Family) => `${exporter} ${name} ${type}`;
const problemKey = ({ code, subject, client, title }: Problem) => JSON.stringify([code, subject, client, title]);

function perSecond(now: number, before: number | undefined, seconds: number | undefined): number | undefined {
  if (seconds === undefined || before === undefined) return undefined;
  const rate = (now - before) / seconds;
  return Number.isFinite(rate) ? rate : undefined;
}

type Counted = Omit<Client, 'pointsPerSecond'> & { readonly key: string };

function clientsOf({ sources, shortLived }: Sources): Counted[] {
  return [
    ...sources.map(({ receiver, job, process, address, sdk, points, requests, refused, lastUnixMs, firstUnixMs }) => ({
      key: JSON.stringify([receiver, job, process, address, firstUnixMs]),
      ...{ job, process, address, sdk, points, requests, refused, lastUnixMs },
    })),
    ...shortLived.map(({ job, processes, points, requests, lastUnixMs }) => ({
      key: `short-lived ${job}`,
      process: `${processes} short-lived`,
      ...{ job, points, requests, lastUnixMs, address: '', sdk: '', refused: 0 },
    })),
  ];
}
