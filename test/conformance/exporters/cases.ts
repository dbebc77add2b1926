/** What a receiver answers first. Afterwards it accepts. */
interface FirstAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Hexadecimal. */
  readonly body?: string;
  readonly isCut?: boolean;
  /** gRPC status. */
  readonly code?: number;
}

export interface Case {
  readonly protocol: 'http' | 'grpc';
  readonly settings: object;
  readonly first: FirstAnswer;
}

const status = (code: number, more: object = {}): Case => ({
  protocol: 'http',
  settings: {},
  first: { status: code, ...more },
});
const encoded = (settings: object): Case => ({ protocol: 'http', settings, first: { status: 200 } });
const rpc = (code: number): Case => ({ protocol: 'grpc', settings: {}, first: { code } });

/** Names are paths over HTTP and the header `case` over gRPC. */
export const cases: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(
    [200, 202, 204, 400, 401, 403, 404, 408, 413, 415, 429, 500, 501, 502, 503, 504, 507].map((code) => [
      `http-${code}`,
      status(code),
    ]),
  ),
  'http-429-retry-after': status(429, { headers: { 'Retry-After': '1' } }),
  'http-503-retry-after': status(503, { headers: { 'Retry-After': '1' } }),
  'http-502-retry-after': status(502, { headers: { 'Retry-After': '1' } }),
  'http-503-retry-after-too-long': status(503, { headers: { 'Retry-After': '600' } }),
  'http-400-status': status(400, { body: '08031203626164' }),
  'http-503-text': status(503, { body: Buffer.from('busy').toString('hex') }),
  'http-307': status(307, { headers: { Location: '/http-307' } }),
  'http-cut': { protocol: 'http', settings: {}, first: { isCut: true } },
  'http-json': encoded({ encoding: 'json' }),
  'http-none': encoded({ compression: 'none' }),
  'http-zstd': encoded({ compression: 'zstd' }),
  'http-snappy': encoded({ compression: 'snappy' }),
  'http-deflate': encoded({ compression: 'deflate' }),
  'http-headers': encoded({ headers: { 'X-Scope-OrgID': 'a' } }),
  ...Object.fromEntries(Array.from({ length: 17 }, (_, code) => [`grpc-${code}`, rpc(code)])),
};

/** Settings of the exporter of a case. */
export function settingsOf(name: string, { protocol, settings }: Case, ports: { http: number; grpc: number }): object {
  const both = {
    sending_queue: { num_consumers: 1 },
    retry_on_failure: { initial_interval: '10ms', max_interval: '10ms', max_elapsed_time: '20s' },
  };
  return protocol === 'http'
    ? { ...both, metrics_endpoint: `http://127.0.0.1:${ports.http}/${name}`, ...settings }
    : { ...both, endpoint: `127.0.0.1:${ports.grpc}`, tls: { insecure: true }, headers: { case: name }, ...settings };
}
