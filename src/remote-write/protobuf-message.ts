import type { ProtocolVersion } from '#prometheus/remote-write/encode-requests.ts';

/** Messages of Remote Write 1.0 and 2.0, as `protobuf_message` names them. */
export const protobufMessages: readonly string[] = ['prometheus.WriteRequest', 'io.prometheus.write.v2.Request'];

/** Returns the version of the protocol that a message belongs to. */
export function versionOf(message: string): ProtocolVersion {
  return message === protobufMessages[1] ? '2.0' : '1.0';
}

/** Returns the problem of `protobuf_message` in the Collector's words, or undefined. */
export function protobufMessageProblem(message: string): string | undefined {
  if (protobufMessages.includes(message)) return undefined;
  return `unknown type for remote write protobuf message ${message}, supported: ${protobufMessages.join(', ')}`;
}
