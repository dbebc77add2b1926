import type { ProtocolVersion, RequestCounts } from '#prometheus/remote-write/encode-requests.ts';

/** Headers by version. */
const headersOf = {
  '1.0': { 'Content-Type': 'application/x-protobuf', 'X-Prometheus-Remote-Write-Version': '0.1.0' },
  '2.0': {
    'Content-Type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    'X-Prometheus-Remote-Write-Version': '2.0.0',
  },
} as const;

/** Returns the headers of a request that the protocol prescribes. */
export function protocolHeaders(version: ProtocolVersion): Readonly<Record<string, string>> {
  return { 'Content-Encoding': 'snappy', ...headersOf[version] };
}

/** Names of these headers, which no setting may replace, in lower case. */
export const reservedHeaders: readonly string[] = [
  'content-encoding',
  'content-type',
  'user-agent',
  'x-prometheus-remote-write-version',
];

/** What a receiver of version 2.0 has stored of a request. */
export type Written = Pick<RequestCounts, 'samples' | 'histograms' | 'exemplars'>;

/**
 * Returns what a response says about the data that was stored. Undefined if it has none of the headers: then the receiver does not
 * support version 2.0, and a success means nothing.
 */
export function writtenOf(header: (name: string) => string | undefined): Written | undefined {
  const count = (name: string) => {
    const text = header(`x-prometheus-remote-write-${name}-written`);
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const [samples, histograms, exemplars] = [count('samples'), count('histograms'), count('exemplars')];
  if (samples === undefined && histograms === undefined && exemplars === undefined) return undefined;
  return { samples: samples ?? 0, histograms: histograms ?? 0, exemplars: exemplars ?? 0 };
}

/** Statuses that reject the content of a request, so that no other content is affected. */
export function isContentRejected(status: number): boolean {
  return status === 400 || status === 409 || status === 413 || status === 422;
}
