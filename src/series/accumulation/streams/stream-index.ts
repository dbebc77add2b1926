import type { Stream, StreamKey } from './stream.ts';

/** The streams of one series by start time and process. Most series have one stream, and need no map for it. */
export class StreamIndex {
  /** The only stream while there is no map; with a map a guess: the one that was asked for last. */
  #latest: Stream | undefined = undefined;
  /** By start time; where several processes share one, by process too. */
  #byStart: Map<bigint, Stream | Map<string, Stream>> | undefined = undefined;

  find({ startTimeUnixNano, process }: StreamKey): Stream | undefined {
    const latest = this.#latest;
    if (latest?.startTimeUnixNano === startTimeUnixNano && latest.process === process) return latest;
    const found = this.#byStart?.get(startTimeUnixNano);
    const stream = found instanceof Map ? found.get(process) : found;
    if (stream?.process !== process) return undefined;
    this.#latest = stream;
    return stream;
  }

  /** The streams of all processes that have that start time. */
  ofStart(startTimeUnixNano: bigint): readonly Stream[] {
    const latest = this.#latest;
    const found = this.#byStart
      ? this.#byStart.get(startTimeUnixNano)
      : latest?.startTimeUnixNano === startTimeUnixNano
        ? latest
        : undefined;
    if (!found) return none;
    return found instanceof Map ? [...found.values()] : [found];
  }

  /** `stream` must not be there yet. */
  add(stream: Stream): void {
    if (!this.#byStart && this.#latest) this.#byStart = new Map([[this.#latest.startTimeUnixNano, this.#latest]]);
    this.#latest = stream;
    const byStart = this.#byStart;
    if (!byStart) return;
    const start = stream.startTimeUnixNano;
    const found = byStart.get(start);
    if (found instanceof Map) found.set(stream.process, stream);
    else if (found) byStart.set(start, new Map([found, stream].map((each) => [each.process, each])));
    else byStart.set(start, stream);
  }

  /** `stream` must be there. */
  remove(stream: Stream): void {
    if (this.#latest === stream) this.#latest = undefined;
    const byStart = this.#byStart;
    if (!byStart) return;
    const found = byStart.get(stream.startTimeUnixNano);
    if (found instanceof Map) found.delete(stream.process);
    if (found === stream || (found instanceof Map && found.size === 0)) byStart.delete(stream.startTimeUnixNano);
    if (byStart.size === 0) this.#byStart = undefined;
  }

  /** All streams, as they are when this is called. */
  all(): Stream[] {
    if (!this.#byStart) return this.#latest ? [this.#latest] : [];
    return [...this.#byStart.values()].flatMap((found) => (found instanceof Map ? [...found.values()] : [found]));
  }
}

const none: readonly Stream[] = [];
