import { anyIdentity, type Stream, type StreamKey } from './stream.ts';

/** Streams of one process that are remembered together: the latest. */
const maxOfProcess = 64;

/**
 * The active streams of one series by start time, process, and OTLP identity. Most series have one stream and need no map for it.
 */
export class StreamIndex {
  /** The only stream while there is no map; otherwise the stream that was found last. */
  #latest: Stream | undefined = undefined;
  /** By start time. Streams that share one are a list: forks, and processes with coarse or unknown start times. */
  #byStart: Map<bigint, Stream | SharedStart> | undefined = undefined;
  /** Built when it is asked for. */
  #byProcess: Map<string, Stream[]> | undefined = undefined;

  find(key: StreamKey): Stream | undefined {
    const latest = this.#latest;
    if (latest !== undefined && isOf(latest, key)) return latest;
    const found = this.#byStart?.get(key.startTimeUnixNano);
    const stream = found instanceof SharedStart ? found.find(key) : found;
    if (stream === undefined || !isOf(stream, key)) return undefined;
    this.#latest = stream;
    return stream;
  }

  /** The streams of all processes with that start time, in the order of their creation. */
  ofStart(startTimeUnixNano: bigint): Iterable<Stream> {
    const latest = this.#latest;
    const found = this.#byStart
      ? this.#byStart.get(startTimeUnixNano)
      : latest?.startTimeUnixNano === startTimeUnixNano
        ? latest
        : undefined;
    if (!found) return none;
    return found instanceof SharedStart ? found.streams() : [found];
  }

  /** The latest streams of a process, newest first, whatever their start times are. */
  ofProcess({ identity, process }: Pick<StreamKey, 'identity' | 'process'>): Stream[] {
    if (this.#byStart === undefined && this.#byProcess === undefined) {
      const latest = this.#latest;
      return latest?.process === process && isSameIdentity(latest.identity, identity) ? [latest] : [];
    }
    if (this.#byProcess === undefined) {
      this.#byProcess = new Map();
      for (const stream of this.all()) this.#addToProcess(this.#byProcess, stream);
    }
    const streams = this.#byProcess.get(process) ?? none;
    return streams.filter((one) => isSameIdentity(one.identity, identity)).reverse();
  }

  /** `stream` must not be there yet. */
  add(stream: Stream): void {
    if (!this.#byStart && this.#latest) this.#byStart = new Map([[this.#latest.startTimeUnixNano, this.#latest]]);
    this.#latest = stream;
    if (this.#byProcess) this.#addToProcess(this.#byProcess, stream);
    const byStart = this.#byStart;
    if (!byStart) return;
    const start = stream.startTimeUnixNano;
    const found = byStart.get(start);
    if (found instanceof SharedStart) found.add(stream);
    else if (found) byStart.set(start, new SharedStart(found, stream));
    else byStart.set(start, stream);
  }

  /** `stream` must be there. */
  remove(stream: Stream): void {
    if (this.#latest === stream) this.#latest = undefined;
    if (this.#byProcess) this.#removeFromProcess(this.#byProcess, stream);
    const byStart = this.#byStart;
    if (!byStart) return;
    const found = byStart.get(stream.startTimeUnixNano);
    if (found instanceof SharedStart) found.remove(stream);
    if (found === stream || (found instanceof SharedStart && found.isEmpty)) byStart.delete(stream.startTimeUnixNano);
    if (byStart.size > 0) return;
    this.#byStart = undefined;
    this.#byProcess = undefined;
  }

  /** All streams at the time of the call. */
  all(): Stream[] {
    if (!this.#byStart) return this.#latest ? [this.#latest] : [];
    return [...this.#byStart.values()].flatMap((found) =>
      found instanceof SharedStart ? [...found.streams()] : [found],
    );
  }

  #addToProcess(byProcess: Map<string, Stream[]>, stream: Stream): void {
    const streams = byProcess.get(stream.process);
    if (!streams) byProcess.set(stream.process, [stream]);
    else if (streams.push(stream) > 2 * maxOfProcess) streams.splice(0, maxOfProcess);
  }

  #removeFromProcess(byProcess: Map<string, Stream[]>, stream: Stream): void {
    const streams = byProcess.get(stream.process);
    const at = streams?.indexOf(stream) ?? -1;
    if (at >= 0) streams?.splice(at, 1);
    if (streams?.length === 0) byProcess.delete(stream.process);
  }
}

/** Streams with one start time, by process; streams of one process differ in their OTLP identity. */
class SharedStart {
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

  remove(stream: Stream): void {
    const found = this.#byProcess.get(stream.process);
    const rest = Array.isArray(found) ? found.filter((one) => one !== stream) : [];
    if (rest.length > 0) this.#byProcess.set(stream.process, rest);
    else this.#byProcess.delete(stream.process);
  }

  *streams(): Generator<Stream, void> {
    for (const found of this.#byProcess.values()) {
      if (Array.isArray(found)) yield* found;
      else yield found;
    }
  }
}

export function isSameIdentity(a: number, b: number): boolean {
  return a === b || a === anyIdentity || b === anyIdentity;
}

function isOf(stream: Stream, key: StreamKey): boolean {
  return (
    stream.startTimeUnixNano === key.startTimeUnixNano &&
    stream.process === key.process &&
    (stream.identity === key.identity || stream.identity === anyIdentity || key.identity === anyIdentity)
  );
}

const none: readonly Stream[] = [];
