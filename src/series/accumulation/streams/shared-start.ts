import { anyIdentity, isOf, isSameIdentity, type Stream, type StreamKey } from './stream.ts';

/**
 * Maximum number of streams with one start time and identity to compare: the oldest. The first is the stream that was
 * forked.
 */
const maxCompared = 256;

/**
 * Streams with one start time, found by OTLP identity and process. Thousands of clients can share a start time. A
 * stream whose identity was unknown when it was added keeps its position when the identity becomes known.
 */
export class SharedStart {
  readonly #byIdentity = new Map<number, Stream | SharedIdentity>();

  constructor(...streams: Stream[]) {
    for (const stream of streams) this.add(stream);
  }

  get isEmpty(): boolean {
    return this.#byIdentity.size === 0;
  }

  get isSingle(): boolean {
    const streams = this.streams();
    return streams.next().done !== true && streams.next().done === true;
  }

  find(key: StreamKey): Stream | undefined {
    for (const found of this.#candidates(key.identity)) {
      const stream = found instanceof SharedIdentity ? found.find(key) : found;
      if (stream && isOf(stream, key)) return stream;
    }
    return undefined;
  }

  add(stream: Stream): void {
    const found = this.#byIdentity.get(stream.identity);
    if (found instanceof SharedIdentity) found.add(stream);
    else this.#byIdentity.set(stream.identity, found ? new SharedIdentity(found, stream) : stream);
  }

  remove(stream: Stream): void {
    for (const identity of [stream.identity, anyIdentity]) {
      const found = this.#byIdentity.get(identity);
      if (found === stream || (found instanceof SharedIdentity && found.remove(stream) && found.isEmpty)) {
        this.#byIdentity.delete(identity);
      }
    }
  }

  /** Streams with that identity, in the order of their creation. Above a limit, further ones are not compared. */
  *related(identity: number): Generator<Stream, void> {
    let compared = 0;
    for (const stream of streamsOf(this.#candidates(identity))) {
      if (!isSameIdentity(stream.identity, identity)) continue;
      yield stream;
      if (++compared === maxCompared) return;
    }
  }

  streams(): Generator<Stream, void> {
    return streamsOf(this.#byIdentity.values());
  }

  #candidates(identity: number): Iterable<Stream | SharedIdentity> {
    if (identity === anyIdentity) return this.#byIdentity.values();
    return [this.#byIdentity.get(anyIdentity), this.#byIdentity.get(identity)].filter((found) => found !== undefined);
  }
}

/** Streams of one identity, by process. Streams of one process form a list if their identities were unknown. */
class SharedIdentity {
  readonly #byProcess = new Map<string, Stream | Stream[]>();

  constructor(...streams: Stream[]) {
    for (const stream of streams) this.add(stream);
  }

  get isEmpty(): boolean {
    return this.#byProcess.size === 0;
  }

  find(key: StreamKey): Stream | undefined {
    const found = this.#byProcess.get(key.process);
    return Array.isArray(found) ? found.find((stream) => isOf(stream, key)) : found;
  }

  add(stream: Stream): void {
    const found = this.#byProcess.get(stream.process);
    if (Array.isArray(found)) found.push(stream);
    else this.#byProcess.set(stream.process, found ? [found, stream] : stream);
  }

  /** Removes a stream. Returns whether it was found. */
  remove(stream: Stream): boolean {
    const found = this.#byProcess.get(stream.process);
    if (Array.isArray(found)) {
      const rest = found.filter((one) => one !== stream);
      if (rest.length === found.length) return false;
      if (rest.length > 0) this.#byProcess.set(stream.process, rest);
      else this.#byProcess.delete(stream.process);
      return true;
    }
    return found === stream && this.#byProcess.delete(stream.process);
  }

  *streams(): Generator<Stream, void> {
    for (const found of this.#byProcess.values()) {
      if (Array.isArray(found)) yield* found;
      else yield found;
    }
  }
}

function* streamsOf(all: Iterable<Stream | SharedIdentity>): Generator<Stream, void> {
  for (const found of all) {
    if (found instanceof SharedIdentity) yield* found.streams();
    else yield found;
  }
}
