import { isOf, isSameIdentity, SharedStart } from './shared-start.ts';
import type { Stream, StreamKey } from './stream.ts';

/** Maximum number of streams of one process to keep together: the latest. */
const maxOfProcess = 64;

/**
 * The active streams of one series by start time, process, and OTLP identity. Most series have one stream and need no map for it.
 */
export class StreamIndex {
  /** The only stream while there is no map. Otherwise, the stream that was found last. */
  #latest: Stream | undefined = undefined;
  /**
   * Streams by start time. Streams that share one form a list: forks, and processes with coarse or unknown start times.
   */
  #byStart: Map<bigint, Stream | SharedStart> | undefined = undefined;
  /** Created on first access. */
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

  /**
   * Returns the streams of all processes with that start time and identity, in order of their creation. The number is
   * limited to the 256 oldest.
   */
  related({ identity, startTimeUnixNano }: Pick<StreamKey, 'identity' | 'startTimeUnixNano'>): Iterable<Stream> {
    const latest = this.#latest;
    const found = this.#byStart
      ? this.#byStart.get(startTimeUnixNano)
      : latest?.startTimeUnixNano === startTimeUnixNano
        ? latest
        : undefined;
    if (!found) return none;
    if (found instanceof SharedStart) return found.related(identity);
    return isSameIdentity(found.identity, identity) ? [found] : none;
  }

  /** Whether there is one stream. */
  get isSingle(): boolean {
    if (!this.#byStart) return this.#latest !== undefined;
    const [found] = this.#byStart.values();
    return this.#byStart.size === 1 && (!(found instanceof SharedStart) || found.isSingle);
  }

  /** Returns the latest streams of a process, newest first, regardless of their start times. */
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

  /** Adds a stream that is not in the index. */
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

  /** Removes a stream of the index. */
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

  /** Returns all streams at the time of the call. */
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

const none: readonly Stream[] = [];
