import type { IncomingMessage } from 'node:http';

/** Whether a request to a port that receives no OTLP comes from an exporter: a POST to a path of OTLP, or with its media type. */
export function isMisdirectedExport({ method, url = '', headers }: IncomingMessage): boolean {
  if (method !== 'POST') return false;
  return (
    /\/v1\/(metrics|traces|logs)\b/.test(url) || /^application\/(x-protobuf|grpc)/.test(headers['content-type'] ?? '')
  );
}
