import { type RpcStatus, statusToProtobuf, varint } from '../rpc-status.ts';

const typeUrl = Buffer.from('type.googleapis.com/google.rpc.RetryInfo');

/** A google.rpc.Status with the delay after which the sender may try again, as trailers carry it. */
export function retryInfo(status: RpcStatus & { readonly retryAfterSeconds: number }): Buffer {
  const seconds = field(1, Math.trunc(status.retryAfterSeconds));
  const detail = Buffer.concat([message(1, typeUrl), message(2, message(1, seconds))]);
  return Buffer.concat([statusToProtobuf(status), message(3, detail)]);
}

function field(number: number, value: number): Buffer {
  return Buffer.from([number << 3, ...varint(value)]);
}

function message(number: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(content.length)]), content]);
}
