import { gzipSync } from 'node:zlib';
import { decodeRequest, encodeMetrics } from './otlp.ts';
import type { RecordedRequest } from './recording.ts';

/** Returns the same points in requests of one point each. */
export function singlePoints(request: RecordedRequest): RecordedRequest[] {
  const bodies: Buffer[] = [];
  for (const { scopeMetrics = [], ...resource } of decodeRequest(request.body).resourceMetrics ?? []) {
    for (const { metrics = [], ...scope } of scopeMetrics) {
      for (const metric of metrics) {
        for (const type of ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const) {
          for (const point of metric[type]?.dataPoints ?? []) {
            const alone = { ...metric, [type]: { ...metric[type], dataPoints: [point] } };
            const scopes = [{ ...scope, metrics: [alone] }];
            bodies.push(encodeMetrics({ resourceMetrics: [{ ...resource, scopeMetrics: scopes }] }));
          }
        }
      }
    }
  }
  return bodies.map((body) => ({ ...request, body }));
}

export function gzipped(request: RecordedRequest): RecordedRequest {
  return {
    ...request,
    headers: { ...request.headers, 'content-encoding': 'gzip' },
    body: gzipSync(request.body),
  };
}

/** Returns the items in a random order (Fisher–Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
