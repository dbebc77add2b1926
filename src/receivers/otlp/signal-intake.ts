import { background } from '#background/background.ts';
import { freeBytes } from '#bytes/free-bytes.ts';
import type { ComponentSettings } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';
import type { SignalItems } from '#component/signals.ts';
import { BodyError } from '#compression/body-error.ts';
import { eventLoop } from '#flow/event-loop.ts';
import { inFlight } from '#flow/in-flight.ts';
import { memoryReserve } from '#flow/memory-reserve.ts';
import { drained, type Slices } from '#flow/slices.ts';
import type { OnOverLimit } from '#pdata/item-limits.ts';
import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import { DroppedItems } from './dropped-items.ts';
import type { Format } from './export-response.ts';
import { largeBytes, largeRequests } from './large-requests.ts';
import { decodeLabeledJson, isLikelyProtobuf } from './mislabeled-body.ts';
import type { PartialSuccess } from './partial-success.ts';
import type { Client } from './source-table.ts';

/** The steps of one signal's requests that do not depend on the transport. */
export interface SignalHandling<Data> {
  /**
   * Decodes a protobuf request completely. Items that exceed a limit are dropped.
   * @throws DecodeError if any part of it is malformed
   */
  readonly decode: (body: Buffer, onOverLimit: OnOverLimit) => Slices<Data>;
  /**
   * Returns the protobuf form of a request in JSON.
   * @throws DecodeError
   */
  readonly jsonToProtobuf: (body: Buffer) => Buffer;
  /** Same as `jsonToProtobuf`, on another thread, to which the body is transferred. */
  readonly largeJsonToProtobuf: (body: Buffer) => Promise<Buffer>;
  readonly items: SignalItems<Data>;
  readonly next: Consumer<Data>;
  /** Records the processes that send, for the console. */
  readonly sources?: Sources<Data>;
}

interface Sources<Data> {
  received(data: Data, bytes: number, client: Client): void;
  receivedEmpty(client: Client, unknownField: string | undefined): void;
  refused(data: Data): void;
}

/** A request whose body is complete. */
export interface ReceivedRequest {
  /** The unencoded body, or a function that decodes it; see `decodeContent`. */
  readonly body: Buffer | (() => Promise<Buffer>);
  readonly format: Format;
  readonly context: ClientContext;
  /** Used only for records. */
  readonly client: Client;
  /** Called if the format is JSON and the body is protobuf. */
  readonly onMislabeled?: () => void;
  /** Called if the request has no items. Returns a field that is not one of OTLP, if that is the reason. */
  readonly onEmpty?: () => string | undefined;
  /** Returns whether the client has disconnected. Nothing is then applied. */
  isGone(): boolean;
}

/** Result of an accepted request: undefined, or the items that were dropped. */
export type Accepted = PartialSuccess | undefined;

interface Counter {
  add(value: number): void;
}

interface Counters {
  readonly accepted: Counter;
  readonly refused: Counter;
  readonly failed: Counter;
}

/** google.rpc.Code of a call that its client has canceled. */
const cancelled = 1;

/** The client of a request has disconnected. Nothing of the request is applied, because the client sends it again. */
export class GoneError extends RetryableError {
  constructor() {
    super('the client has gone away', { code: cancelled });
  }
}

/** `Retry-After` of large requests that are refused for lack of memory, seconds. */
const pressureRetrySeconds = 5;

/** Approximate size of a decoded item, bytes. */
const bytesPerItem = 128;

/** Frees memory for a large request of `size` bytes. Resolves with false if there is too little. */
function freeMemory(size: number): Promise<boolean> {
  background.endIdle();
  return memoryReserve.free(size);
}

/** Processes the requests of one signal, from bytes to the pipeline, with the Collector's counters of a transport. */
export class SignalIntake<Data> {
  readonly #handling: SignalHandling<Data>;
  readonly #createCounters: () => Counters;
  readonly #faults: () => Counter;
  readonly #dropped: DroppedItems;
  readonly #settings: ComponentSettings;
  #counters: Counters | undefined;

  constructor(handling: SignalHandling<Data>, settings: ComponentSettings, transport: 'http' | 'grpc') {
    this.#handling = handling;
    this.#settings = settings;
    const { name, words } = handling.items;
    const { id, metrics } = settings;
    const labels = { receiver: id, transport };
    this.#dropped = new DroppedItems(handling.items, settings, labels);
    const counter = (outcome: string, help: string) =>
      metrics.counter(`otelcol_receiver_${outcome}_${name}`, `${help} [Alpha]`, labels);
    this.#faults = () =>
      metrics.counter(
        'pitot_receiver_internal_errors_total',
        'Total number of requests that failed because of an error inside pitot.',
        labels,
      );
    this.#createCounters = () => ({
      accepted: counter('accepted', `Number of ${words} successfully pushed into the pipeline.`),
      refused: counter('refused', `Number of ${words} that could not be pushed into the pipeline.`),
      failed: counter(
        'failed',
        `The number of ${words} that failed to be processed by the receiver due to internal errors.`,
      ),
    });
  }

  /**
   * Decodes a request and passes it to the pipeline. Small requests are decoded immediately, unless the event loop has
   * been busy for too long. A request without items is not passed on.
   * @returns a promise, unless the pipeline accepted the request immediately
   * @throws DecodeError, BodyError, or the error of the pipeline, which is a PermanentError or a RetryableError. The
   * promise rejects with the same errors
   */
  take(request: ReceivedRequest): Accepted | Promise<Accepted> {
    const { body } = request;
    if (typeof body === 'function' || body.length >= largeBytes) {
      return largeRequests.enter(() => this.#takeLarge(request));
    }
    if (eventLoop.hasTime()) return this.#takeNow(body, request);
    return eventLoop.pause().then(() => this.#takeNow(body, request));
  }

  #takeNow(body: Buffer, request: ReceivedRequest): Accepted | Promise<Accepted> {
    const drops = this.#dropped.begin();
    let data: Data;
    try {
      data = this.#decode(body, request, drops.add);
    } catch (error) {
      throw this.#decodingFailed(error);
    }
    const consumed = this.#consume(data, body.length, request);
    if (consumed === undefined) return drops.count();
    return consumed.then(() => drops.count());
  }

  async #takeLarge(request: ReceivedRequest): Promise<Accepted> {
    const { body, format } = request;
    if (request.isGone()) throw new GoneError();
    const size = typeof body === 'function' ? Number.POSITIVE_INFINITY : body.length;
    if (inFlight.isUnderPressure || !(memoryReserve.isFree(size) || (await freeMemory(size)))) {
      throw new RetryableError('data refused due to high memory usage', { retryAfterSeconds: pressureRetrySeconds });
    }
    const drops = this.#dropped.begin();
    let content: Buffer | undefined;
    let data: Data;
    let bytes = 0;
    try {
      content = typeof body === 'function' ? await body() : body;
      bytes = content.length;
      if (content.length < largeBytes) data = this.#decode(content, request, drops.add);
      else {
        if (format === 'json' && isLikelyProtobuf(content)) request.onMislabeled?.();
        else if (format === 'json') content = await this.#handling.largeJsonToProtobuf(content);
        data = await eventLoop.run(this.#handling.decode(content, drops.add));
      }
    } catch (error) {
      throw this.#decodingFailed(error);
    } finally {
      if (content !== undefined && content !== body) freeBytes(content);
    }
    if (request.isGone()) throw new GoneError();
    await this.#consume(data, bytes, request);
    return drops.count();
  }

  #decode(body: Buffer, { format, onMislabeled }: ReceivedRequest, onOverLimit: OnOverLimit): Data {
    const { decode, jsonToProtobuf } = this.#handling;
    if (format === 'protobuf') return drained(decode(body, onOverLimit));
    const { result, isProtobuf } = decodeLabeledJson(body, (actual) =>
      drained(decode(actual === 'json' ? jsonToProtobuf(body) : body, onOverLimit)),
    );
    if (isProtobuf) onMislabeled?.();
    return result;
  }

  #decodingFailed(error: unknown): unknown {
    const isExpected = error instanceof DecodeError || error instanceof BodyError || error instanceof RetryableError;
    return isExpected ? error : this.#fault(error);
  }

  /** `bytes`: size of the body after decompression. */
  #consume(data: Data, bytes: number, { context, client, onEmpty }: ReceivedRequest): Promise<void> | undefined {
    const { items, next, sources } = this.#handling;
    const count = items.count(data);
    if (count === 0) {
      sources?.receivedEmpty(client, onEmpty?.());
      return undefined;
    }
    sources?.received(data, bytes, client);
    context.inFlight?.claim(count * bytesPerItem);
    let accepted: Promise<void> | undefined;
    try {
      accepted = next.consume(data, context);
    } catch (error) {
      throw this.#refused(data, count, error);
    }
    if (accepted === undefined) {
      this.#record(count, 0);
      return undefined;
    }
    return accepted.then(
      () => this.#record(count, 0),
      (error: unknown) => {
        throw this.#refused(data, count, error);
      },
    );
  }

  #refused(data: Data, count: number, error: unknown): unknown {
    this.#record(0, count);
    this.#handling.sources?.refused(data);
    return error instanceof PermanentError || error instanceof RetryableError ? error : this.#fault(error);
  }

  /** Returns an error for a fault in pitot, for which a retry with the same data is useless. */
  #fault(error: unknown): PermanentError {
    this.#faults().add(1);
    const { logger } = this.#settings;
    logger.error('Request failed because of an internal error; its data is dropped', {
      error: String(error),
      ...(error instanceof Error && { stack: error.stack }),
    });
    return new PermanentError(`internal error: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }

  /** Same as in the Collector: all three counters appear with the first request. */
  #record(accepted: number, refused: number): void {
    if (this.#counters === undefined) {
      this.#counters = this.#createCounters();
      for (const counter of Object.values(this.#counters)) counter.add(0);
    }
    if (accepted > 0) this.#counters.accepted.add(accepted);
    if (refused > 0) this.#counters.refused.add(refused);
  }
}
