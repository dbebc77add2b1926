import { describe, expect, test } from 'vitest';
import { isHttp2, recognize } from './first-bytes.ts';

describe('the protocol of a connection', () => {
  test.each([
    [Buffer.from('160301020001', 'hex'), 'tls', 'TLS handshake'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http2_preface', 'HTTP/2, for example gRPC'],
    ['POST /v1/metrics HTTP/1.1\r\nHost: a\r\n', 'plain_http', 'HTTP/1.1'],
    ['airflow.ti_successes:1|c', 'not_http', 'StatsD text'],
    ['airflow.dagrun.duration:12.5|ms|@0.1', 'not_http', 'StatsD text'],
    ['airflow.pool.open_slots 128 1700000000\n', 'not_http', 'Graphite text'],
    ['<script>\0\xff', 'not_http', '<script>..'],
    ['', 'not_http', ''],
  ])('%j is %s', (bytes, reason, detail) => {
    expect(recognize(Buffer.from(bytes as string, 'latin1'))).toStrictEqual({ reason, detail });
  });

  test.each([
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0', true],
    ['P', true],
    ['POST / HTTP/1.1', false],
    ['\x16\x03\x01', false],
  ])('%j may be HTTP/2: %s', (text, expected) => {
    expect(isHttp2(Buffer.from(text, 'latin1'))).toBe(expected);
  });
});
