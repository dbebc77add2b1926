/**
 * Error in the encoding of a request; the whole request is refused. Messages are the Collector's
 * (docs/reference/collector-behaviour.md#otlp-protobuf).
 */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** A well-formed request contains more than a process of this size can hold. */
export class TooMuchContentError extends DecodeError {}

/** The message ends inside a field. */
export function unexpectedEnd(): DecodeError {
  return new DecodeError('unexpected EOF');
}

/** A known field has another wire type. `field` is its name in Go. */
export function wrongWireType(wireType: number, field: string): DecodeError {
  return new DecodeError(`proto: wrong wireType = ${wireType} for field ${field}`);
}
