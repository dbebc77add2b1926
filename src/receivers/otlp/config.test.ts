import { describe, expect, test } from 'vitest';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { otlpConfig } from './config.ts';

function problems(raw: unknown): string[] {
  const parsed = parseConfig(otlpConfig, raw);
  if (!parsed.ok) return [parsed.failure.message];
  return validateConfig(otlpConfig, parsed.value).map(({ path, message }) => (path ? `${path}: ${message}` : message));
}

test('defaults of both protocols', () => {
  const parsed = parseConfig(otlpConfig, { protocols: { http: null, grpc: null } });
  expect(parsed).toMatchObject({
    ok: true,
    value: {
      protocols: {
        grpc: { endpoint: 'localhost:4317', transport: 'tcp', maxRecvMsgSizeMib: 0, readBufferSize: 524_288 },
        http: {
          endpoint: 'localhost:4318',
          metricsUrlPath: '/v1/metrics',
          readHeaderTimeout: 0,
          writeTimeout: 0,
          keepalive: { idleTimeout: 60_000 },
        },
      },
    },
  });
});

describe('mistakes', () => {
  const none = 'must specify at least one protocol when using the OTLP receiver';
  const http = (config: object) => ({ protocols: { http: config } });
  const grpc = (config: object) => ({ protocols: { grpc: config } });
  test.each([
    ['nothing', null, none],
    ['no protocols', {}, none],
    ['empty protocols', { protocols: {} }, none],
    ['all switched off', { protocols: { http: { enabled: false } } }, none],
    ['a small message size', grpc({ max_recv_msg_size_mib: -1 }), 'must be between 1 and 8796093022207: -1'],
    ['a read buffer', grpc({ read_buffer_size: -1 }), 'read_buffer_size value must be greater than or equal to 0'],
    ['a write buffer', grpc({ write_buffer_size: -1 }), 'write_buffer_size value must be greater than or equal to 0'],
    ['an unknown transport', http({ transport: 'x' }), 'unsupported transport type "x"'],
    ['an empty transport', http({ transport: '' }), 'invalid transport type ""'],
    ['an unknown encoding', http({ compression_algorithms: ['br'] }), 'unknown compression algorithm "br"'],
    [
      'a header twice',
      http({ response_headers: [...'aab'].map((name) => ({ name, value: 'x' })) }),
      'duplicate keys in map-style list: [a]',
    ],
    ['headers that are a number', http({ response_headers: 3 }), 'source data must be an array or slice, got int'],
    ['a header value that is a number', http({ response_headers: { a: 3 } }), "expected type 'configopaque.String'"],
    ['an unknown key', http({ foo: 1 }), "'otlpreceiver.HTTPConfig' has invalid keys: foo"],
  ])('%s', (_name, raw, words) => {
    expect(problems(raw).join()).toContain(words);
  });
});
