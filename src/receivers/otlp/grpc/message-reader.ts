import { grpcPrefixLength } from '#bytes/grpc-frame.ts';
import { rpcCode } from '#component/rpc-codes.ts';
import type { InFlightRequest } from '#flow/in-flight.ts';
import { RpcError } from '#grpc-server/rpc-error.ts';
import { BodyBuffer } from '../body-buffer.ts';
import { PendingError } from '../request-body.ts';

/**
 * Reads the single message of a unary call. Its declared length counts in the budget of the process as soon as it is
 * known.
 */
export class MessageReader {
  readonly #inFlight: InFlightRequest;
  readonly #limit: number;
  readonly #prefix = Buffer.alloc(grpcPrefixLength);
  #prefixBytes = 0;
  #declared = 0;
  #body: BodyBuffer | undefined;

  /** `limit`: maximum bytes of a message. */
  constructor(inFlight: InFlightRequest, limit: number) {
    this.#inFlight = inFlight;
    this.#limit = limit;
  }

  /**
   * Adds bytes of the call.
   * @throws RpcError if they are not a message or the message is too large; PendingError if the budget has no space for
   * it
   */
  add(bytes: Buffer): void {
    let rest = bytes;
    if (this.#body === undefined) {
      const count = Math.min(grpcPrefixLength - this.#prefixBytes, rest.length);
      rest.copy(this.#prefix, this.#prefixBytes, 0, count);
      this.#prefixBytes += count;
      rest = rest.subarray(count);
      if (this.#prefixBytes < grpcPrefixLength) return;
      this.#begin();
    }
    if (rest.length === 0) return;
    const body = this.#body!;
    if (body.length + rest.length > this.#declared) throw new RpcError(rpcCode.internal, 'grpc: more than one message');
    if (!body.add(rest)) throw new PendingError();
  }

  /**
   * Returns the message after all bytes of the call have arrived.
   * @throws RpcError if it is incomplete
   */
  end(): { readonly message: Buffer; readonly isCompressed: boolean } {
    const body = this.#body;
    if (body === undefined || body.length < this.#declared) throw new RpcError(rpcCode.internal, 'unexpected EOF');
    const flag = this.#prefix[0]!;
    if (flag > 1) throw new RpcError(rpcCode.internal, `grpc: received unexpected payload format ${flag}`);
    return { message: body.bytes(), isCompressed: flag === 1 };
  }

  /** Releases the memory. The message must not be used afterwards. */
  free(): void {
    this.#body?.free();
  }

  #begin(): void {
    this.#declared = this.#prefix.readUInt32BE(1);
    if (this.#declared > this.#limit) {
      throw new RpcError(
        rpcCode.resourceExhausted,
        `grpc: received message larger than max (${this.#declared} vs. ${this.#limit})`,
      );
    }
    if (!this.#inFlight.add(this.#declared)) throw new PendingError();
    this.#body = new BodyBuffer(undefined, this.#declared);
  }
}
