import { SharedStart } from './shared-start.ts';
import { isOf, isOfProcess, isSameIdentity, noRelated, type Stream, type StreamKey } from './stream.ts';
import type { StreamSet } from './stream-set.ts';

/** Maximum number of streams of one process to keep together: the latest. */
const maxOfProcess = 64;

/** The active streams of one series that has several. */
export class StreamIndex implements StreamSet {
  /** The stream that was found last. */
  #latest: Stream | undefined = undefined;
  /**
   * Streams by start time. Streams that share one form a list: forks, and processes with coarse or unknown start times.
   */
  readonly #byStart = new Map<bigint, Stream | SharedStart>();
  /** A start time that no stream has: that of the latest lookup. A new stream is looked up, and then its relatives. */
  #missing: bigint | undefined = undefined;
  /** Created on first access. */
  #byProcess: Map<string, Stream[]> | undefined = undefined;

  constructor(streams: Iterable<Stream>) {
    for (const stream of streams) this.add(stream);
  }

  find(key: StreamKey): Stream | undefined {
    const latest = this.#latest;
    if (latest !== undefined && isOf(latest, key)) return latest;
    const found = this.#byStart.get(key.startTimeUnixNano);
    if (found === undefined) {
      this.#missing = key.startTimeUnixNano;
      return undefined;
    }
    const stream = found instanceof SharedStart ? found.find(key) : isOfProcess(found, key) ? found : undefined;
    if (stream !== undefined) this.#latest = stream;
    return stream;
  }

  related({ identity, startTimeUnixNano }: Pick<StreamKey, 'identity' | 'startTimeUnixNano'>): Iterable<Stream> {
    if (startTimeUnixNano === this.#missing) return noRelated;
    const found = this.#byStart.get(startTimeUnixNano);
    if (!found) return noRelated;
    return found instanceof SharedStart ? found.related(identity) : found.related({ identity, startTimeUnixNano });
  }

  get isEmpty(): boolean {
    return this.#byStart.size === 0;
  }

  get isSingle(): boolean {
    const [found] = this.#byStart.values();
    return this.#byStart.size === 1 && (found as Stream | SharedStart).isSingle;
  }

  ofProcess({ identity, process }: Pick<StreamKey, 'identity' | 'process'>): Stream[] {
    if (this.#byProcess === undefined) {
      this.#byProcess = new Map();
      for (const stream of this.all()) this.#addToProcess(this.#byProcess, stream);
    }
    const streams = this.#byProcess.get(process) ?? noRelated;
    return streams.filter((one) => isSameIdentity(one.identity, identity)).reverse();
  }

  /** Adds a stream that is not in the index. */
  add(stream: Stream): void {
    this.#latest = stream;
    this.#missing = undefined;
    if (this.#byProcess) this.#addToProcess(this.#byProcess, stream);
    const byStart = this.#byStart;
    const start = stream.startTimeUnixNano;
    const found = byStart.get(start);
    if (found instanceof SharedStart) found.add(stream);
    else if (found) byStart.set(start, new SharedStart(found, stream));
    else byStart.set(start, stream);
  }

  /** Removes a stream of the index. */
  remove(stream: Stream): void {
    if (this.#latest === stream) this.#latest = undefined;
    if (this.#byProcess) this.#removeFromProcess(this.#byProcess, stream);
    const byStart = this.#byStart;
    const found = byStart.get(stream.startTimeUnixNano);
    if (found instanceof SharedStart) found.remove(stream);
    if (found === stream || (found instanceof SharedStart && found.isEmpty)) byStart.delete(stream.startTimeUnixNano);
  }

  all(): Stream[] {
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
