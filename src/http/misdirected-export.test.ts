import { expect, test } from 'vitest';
import { isExporters, isMisdirectedExport } from './misdirected-export.ts';

test.each([
  ['POST', '/v1/metrics', {}, true],
  ['POST', '/a/v1/traces?x', {}, true],
  ['POST', '/', { 'content-type': 'application/x-protobuf' }, true],
  ['POST', '/Service/Export', { 'content-type': 'application/grpc+proto' }, true],
  ['GET', '/v1/metrics', {}, false],
  ['POST', '/', { 'content-type': 'application/json' }, false],
])('%s %s %j: %s', (method, url, headers, expected) => {
  expect(isMisdirectedExport({ method, url, headers } as never)).toBe(expected);
});

test.each([
  ['wrong_port', 'POST', true],
  ['http2_preface', undefined, true],
  ['auth', 'POST', true],
  ['auth', 'GET', false],
  ['tls', undefined, false],
  ['plain_http', undefined, false],
] as const)('%s of %s concerns an exporter: %s', (reason, method, expected) => {
  expect(isExporters({ reason, method })).toBe(expected);
});
