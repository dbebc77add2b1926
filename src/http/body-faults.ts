/** What is wrong with a body that cannot be decoded, as far as its first bytes show. */
export const bodyFaults = {
  gzipUnlabeled: 'gzip without Content-Encoding',
  notGzip: 'no gzip in spite of Content-Encoding: gzip',
  jsonAsProtobuf: 'JSON with the media type of protobuf',
} as const;
type BodyFault = (typeof bodyFaults)[keyof typeof bodyFaults];

/** Returns the fault that the first bytes of a body show. Undefined if they show none. */
export function bodyFaultOf(
  head: Uint8Array,
  { encoding, isProtobuf }: { readonly encoding: string; readonly isProtobuf: boolean },
): BodyFault | undefined {
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  if (encoding === '' && isGzip) return bodyFaults.gzipUnlabeled;
  if (encoding === 'gzip' && !isGzip) return bodyFaults.notGzip;
  const isBrace = /^\s*[{[]\s*["}\]]/.test(Buffer.from(head.subarray(0, 64)).toString('latin1'));
  return encoding === '' && isProtobuf && isBrace ? bodyFaults.jsonAsProtobuf : undefined;
}

const remedies: Readonly<Record<BodyFault, string>> = {
  [bodyFaults.gzipUnlabeled]:
    'The body is gzip. Let the client send Content-Encoding: gzip, or turn compression off. A proxy can have removed the header.',
  [bodyFaults.notGzip]:
    'The body is not gzip. Let the client compress it, or leave Content-Encoding out. A proxy can have decompressed it.',
  [bodyFaults.jsonAsProtobuf]:
    'The body is JSON. Let the client send Content-Type: application/json, or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.',
};

/** Returns the remedy for a fault at the beginning of a rejection's detail. */
export function remedyOfBody(detail: string): string | undefined {
  return Object.entries(remedies).find(([fault]) => detail.startsWith(fault))?.[1];
}
