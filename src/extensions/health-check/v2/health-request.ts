import { grpcPrefixLength } from '#bytes/grpc-frame.ts';
import { rpcCode } from '#component/rpc-codes.ts';
import type { GrpcCall } from '#grpc-server/grpc-call.ts';
import { RpcError } from '#grpc-server/rpc-error.ts';
import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import { WireReader } from '#pdata/protobuf/wire-reader.ts';

/** Maximum bytes of a request: a name of a service is short. */
export const maxHealthRequest = 64 * 1024;

/** Tag of the field `service` of HealthCheckRequest. */
const serviceTag = 10;

/** Reads the request of a call and returns the name of its service. Rejects with an RpcError. */
export function readHealthRequest({ stream }: GrpcCall): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    stream.on('data', (bytes: Buffer) => {
      length += bytes.length;
      if (length <= grpcPrefixLength + maxHealthRequest) parts.push(bytes);
      else {
        parts.length = 0;
        const sizes = `${length - grpcPrefixLength} vs. ${maxHealthRequest}`;
        reject(new RpcError(rpcCode.resourceExhausted, `grpc: received message larger than max (${sizes})`));
      }
    });
    stream.once('end', () => {
      try {
        resolve(serviceOf(Buffer.concat(parts)));
      } catch (error) {
        reject(error);
      }
    });
  });
}

function serviceOf(bytes: Buffer): string {
  if (bytes.length < grpcPrefixLength || bytes.length !== grpcPrefixLength + bytes.readUInt32BE(1)) {
    throw new RpcError(rpcCode.internal, 'unexpected EOF');
  }
  if (bytes[0] !== 0) throw new RpcError(rpcCode.unimplemented, 'grpc: compressed requests are not supported');
  const message = bytes.subarray(grpcPrefixLength);
  const reader = new WireReader(message);
  let service = '';
  try {
    while (reader.position < message.length) {
      const tag = reader.tag(message.length);
      if (tag === serviceTag) {
        const end = reader.lengthEnd(message.length);
        service = message.toString('utf8', reader.position, end);
        reader.position = end;
      } else reader.skip(tag, message.length, {});
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const text = `grpc: failed to unmarshal the received message: ${error.message}`;
    throw new RpcError(rpcCode.internal, text, error);
  }
  return service;
}
