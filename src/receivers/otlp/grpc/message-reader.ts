import type { InFlightRequest } from '#flow/in-flight.ts';
import { BodyBuffer } from '../body-buffer.ts';
import { PendingError } from '../request-body.ts';
import { grpcCode, RpcError } from './rpc-error.ts';

/** Bytes before a message: whether it is compressed, and its length. */
const prefixLength = 5;

/** Reads the one message of a unary call. Its declared length counts for the budget of the process as soon as it is known. */
export class MessageReader {
  readonly #inFlight: InFlightRequest;
  readonly #limit: number;
  readonly #prefix = Buffer.alloc(prefixLength);
  #prefixBytes = 0;
  #declared = 0;
  #body: BodyBuffer | undefined;

  /** `limit`: bytes of a message, at most. */
  constructor(inFlight: InFlightRequest, limit: number) {
    this.#inFlight = inFlight;
    this.#limit = limit;
  }

  /**
   * Takes bytes of the call.
   * @throws RpcError when they are no message, or too large a one; PendingError when the budget has no room for it
   */
  add(bytes: Buffer): void {
    let rest = bytes;
    if (this.#body === undefined) {
      const count = Math.min(prefixLength - this.#prefixBytes, rest.length);
      rest.copy(this.#prefix, this.#prefixBytes, 0, count);
      this.#prefixBytes += count;
      rest = rest.subarray(count);
      if (this.#prefixBytes < prefixLength) return;
      this.#begin();
    }
    if (rest.length === 0) return;
    const body = this.#body!;
    if (body.length + rest.length > this.#declared)
      throw new RpcError(grpcCode.internal, 'grpc: more than one message');
    if (!body.add(rest)) throw new PendingError();
  }

  /**
   * The message, once the call has no more bytes.
   * @throws RpcError when it is not complete
   */
  end(): { readonly message: Buffer; readonly isCompressed: boolean } {
    const body = this.#body;
    if (body === undefined || body.length < this.#declared) throw new RpcError(grpcCode.internal, 'unexpected EOF');
    const flag = this.#prefix[0]!;
    if (flag > 1) throw new RpcError(grpcCode.internal, `grpc: received unexpected payload format ${flag}`);
    return { message: body.bytes(), isCompressed: flag === 1 };
  }

  /** Gives the memory back. The message must not be used any more. */
  free(): void {
    this.#body?.free();
  }

  #begin(): void {
    this.#declared = this.#prefix.readUInt32BE(1);
    if (this.#declared > this.#limit) {
      throw new RpcError(
        grpcCode.resourceExhausted,
        `grpc: received message larger than max (${this.#declared} vs. ${this.#limit})`,
      );
    }
    if (!this.#inFlight.add(this.#declared)) throw new PendingError();
    this.#body = new BodyBuffer(undefined, this.#declared);
  }
}
