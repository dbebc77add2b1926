import { expect, test } from 'vitest';
import type { RejectedRequests } from '#component/views/rejection.ts';
import { wrongPath } from './path-causes.ts';

const ports = { http: 1, grpc: 2, metrics: 3, purposeOf: () => undefined };
const rejected = (method: string, path: string, contentType = 'application/x-protobuf'): RejectedRequests => ({
  ...{ reason: 'path', transport: 'http', address: '10.0.0.7', port: 1, count: 1, firstUnixMs: 0, lastUnixMs: 0 },
  ...{ method, path, contentType, userAgent: '', detail: '' },
});

test.each([
  ['GET', '/metrics', /is scraped.*Scrape port 3/],
  ['GET', '/federate?match[]=a', /is scraped/],
  ['POST', '/metrics/job/a/instance/b', /Pushgateway/],
  ['POST', '/api/v2/spans', /Zipkin/],
  ['POST', '/api/v1/series?api_key=x', /Datadog/],
  ['POST', '/write?db=a', /InfluxDB/],
  ['POST', '/api/v1/push', /Remote Write/],
  ['POST', '/v1/traces', /Add a pipeline for traces/],
  ['POST', '/v1/metrics/v1/metrics', /already contains the path/],
  ['GET', '/', /No action is needed if a person or a probe sent it/],
  ['POST', '/', /OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/<host>:1,/],
])('%s %s', (method, path, expected) => {
  const { title, remedy } = wrongPath(rejected(method, path), ports);
  expect(`${title}. ${remedy}`).toMatch(expected);
});
