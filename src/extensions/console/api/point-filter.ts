import type { TappedPoint } from '#component/views/series-view.ts';
import { ApiError } from './context.ts';
import type { Parameters } from './parameters.ts';

/** Maximum number of words in a filter. */
const maxWords = 20;

/** Selects data points for a tail. */
export interface PointFilter {
  matches(point: TappedPoint): boolean;
}

/**
 * Parses the filter of a tail. `metric`: a part of the name, or a pattern with `*` for the whole name; the OTLP name or
 * the one in the `/metrics` output. `match`: words that the name, job, process, or an attribute contains; `key=value`
 * is an attribute with exactly this value.
 * @throws ApiError 400 for an invalid filter
 */
export function pointFilter(parameters: Parameters): PointFilter {
  const metric = parameters.text('metric').toLowerCase();
  const words = parameters.text('match').toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length > maxWords) throw new ApiError(400, `the parameter match has more than ${maxWords} words`);
  const hasName = nameTest(metric);
  return {
    matches: (point) => {
      const name = point.metricName.toLowerCase();
      if (!hasName(name)) return false;
      return words.length === 0 || matchesWords(point, name, words);
    },
  };
}

/** Returns a test for names. It treats `.` and every character that Prometheus does not allow as `_`. */
function nameTest(wanted: string): (name: string) => boolean {
  if (wanted === '') return () => true;
  const parts = wanted.split('*').map(plain);
  if (parts.length === 1) {
    const part = parts[0]!.replace(/_(total|bucket|sum|count)$/, '');
    return (name) => plain(name).includes(part) || plain(name).includes(parts[0]!);
  }
  return (name) => matchesParts(plain(name), parts);
}

function plain(name: string): string {
  return name.replace(/[^a-z0-9_:]/g, '_');
}

function matchesParts(name: string, parts: readonly string[]): boolean {
  const first = parts[0]!;
  const last = parts.at(-1)!;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

function matchesWords(point: TappedPoint, name: string, words: readonly string[]): boolean {
  const attributes = point.attributes().map(([key, value]) => [key.toLowerCase(), value.toLowerCase()] as const);
  const texts = [name, point.job.toLowerCase(), point.process.toLowerCase()];
  return words.every(
    (word) =>
      texts.some((text) => text.includes(word)) ||
      attributes.some(
        ([key, value]) => `${key}=${value}` === word || `${plain(key)}=${value}` === word || value.includes(word),
      ),
  );
}
