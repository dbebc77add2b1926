import type { IncomingMessage } from 'node:http';
import type { Rejection } from './rejected-requests.ts';

/** Whether a request to a port that receives no OTLP comes from an exporter: a POST to a path of OTLP, or with its media type. */
export function isMisdirectedExport({ method, url = '', headers }: IncomingMessage): boolean {
  if (method !== 'POST') return false;
  return (
    /\/v1\/(metrics|traces|logs)\b/.test(url) || /^application\/(x-protobuf|grpc)/.test(headers['content-type'] ?? '')
  );
}

/**
 * Whether a rejection on such a port is that of a client of OTLP. Others, such as a browser without TLS or credentials, do not miss any
 * metrics.
 */
export function isExporters({ reason, method }: Pick<Rejection, 'reason' | 'method'>): boolean {
  return reason === 'wrong_port' || reason === 'http2_preface' || (reason === 'auth' && method === 'POST');
}
