import type { Problems } from '#api/overview.ts';
import type { Metrics } from '#api/series.ts';
import type { ConsoleClient } from '#client/console-client.ts';
import { editDistance } from '#config/closest.ts';

/** Maximum number of problems, and of names, in the answer. */
const maxListed = 10;
/** Maximum number of metric families that are searched for similar names: the largest ones. */
const maxFamilies = '1000';

/** Possible reasons why a metric has no series. */
export interface Missing {
  readonly found: 0;
  /** Dropped, hidden, and refused data with this name. */
  readonly problems: readonly Problems['problems'][number][];
  /** Names in the output or the recording that contain the same words, with the reason if their series are hidden. */
  readonly related: readonly string[];
  /** Names that differ in a few letters, in the same form. Empty if `related` is not. */
  readonly similar: readonly string[];
  /** Number of recorded requests that contain the metric; undefined without a recording. */
  readonly requests: number | undefined;
}

/** Replaces other characters than letters and digits, so that a name of OTLP can be compared with one of Prometheus. */
const normalized = (name: string) => name.replace(/[^\w]/g, '_').toLowerCase();

/**
 * Searches the problems, the names in the output, and recorded requests for a metric that has no series.
 * @param recorded number of recorded requests by the OTLP names in them
 */
export async function findMissing(
  client: ConsoleClient,
  selector: string,
  recorded?: ReadonlyMap<string, number>,
): Promise<Missing> {
  const name = selector.replace(/\{.*/s, '');
  const plain = normalized(name);
  const [{ problems }, { families }] = await Promise.all([
    client.get<Problems>('problems'),
    client.get<Metrics>('metrics', { limit: maxFamilies, sort: '-series' }),
  ]);
  const words = plain.split('_').filter(Boolean);
  const known = [...new Set([...families.map((family) => family.name), ...(recorded?.keys() ?? [])])];
  const related = known.filter((each) => words.every((word) => normalized(each).includes(word)));
  const similar = known
    .map((each) => ({ each, distance: distanceOf(plain, normalized(each)) }))
    .filter(({ distance }) => distance <= Math.max(2, plain.length / 6))
    .sort((a, b) => a.distance - b.distance)
    .map(({ each }) => each);
  const hiddenBy = new Map(families.map((family) => [family.name, family.hiddenBy]));
  const listed = (names: readonly string[]) =>
    names.slice(0, maxListed).map((each) => `${each}${hiddenBy.get(each) ? `, hidden: ${hiddenBy.get(each)}` : ''}`);
  return {
    found: 0,
    problems: problems.filter(({ subject }) => normalized(subject).includes(plain)).slice(0, maxListed),
    related: listed(related.filter((each) => each !== name)),
    similar: related.length > 0 ? [] : listed(similar.filter((each) => each !== name)),
    requests:
      recorded && [...recorded].reduce((sum, [each, count]) => (normalized(each) === plain ? sum + count : sum), 0),
  };
}

/** Returns the distance of two names, regardless of the suffix that Prometheus adds to counters. */
function distanceOf(a: string, b: string): number {
  return Math.min(editDistance(a, b), editDistance(a, b.replace(/_total$/, '')));
}
