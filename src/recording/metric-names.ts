import { isJson, plainBody } from './plain-body.ts';
import type { RecordedRequest } from './read-recording.ts';
import { type Shape, visitFields } from './visit-fields.ts';

/** opentelemetry-proto: the name of a metric. */
const names: Shape<'name'> = { 1: { 2: { 2: { 1: 'name' } } } };
const jsonName = /"name"\s*:\s*"((?:[^"\\]|\\.)*)"/g;

/** Returns the OTLP names of metrics in requests, with the number of requests that contain them. Skips bodies that are malformed. */
export function metricNames(requests: readonly RecordedRequest[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { path, headers, body } of requests) {
    if (path !== '/v1/metrics') continue;
    const found = new Set<string>();
    try {
      const plain = plainBody(headers, body());
      if (isJson(headers, plain)) for (const [, name] of plain.toString('utf8').matchAll(jsonName)) found.add(name!);
      else visitFields(plain, names, (_, start, end) => found.add(plain.toString('utf8', start, end)));
    } catch {
      // pitot refuses it, too.
    }
    for (const name of found) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
