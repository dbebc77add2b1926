import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { DirtyRows } from '../state/dirty-rows.ts';
import type { RowSource } from '../state/row-source.ts';

/** The streams of a series that pitot can have counted without having a record of them. */
export interface Horizon {
  /** The latest start time of such a stream. */
  readonly startTimeUnixNano: bigint;
  /** Limit time: the latest time of a point of such a stream. */
  readonly limitUnixNano: bigint;
}

/**
 * Maximum number of series with their own horizon. Above the limit, the oldest ones become part of the horizon that all
 * series share.
 */
const maxSeries = 100_000;
/** Row of the shared horizon: no hash has that number. */
const sharedRow = 2 ** 32;

/**
 * The horizon of each series, which remains after pitot has discarded the series. It increases when a tombstone is
 * discarded and never decreases. Streams without a start time (0) have a separate horizon.
 */
export class Horizons implements RowSource {
  readonly prefix = 'h/';
  readonly #bySeries = new Map<number, Horizon>();
  #shared: Horizon | undefined = undefined;
  readonly dirty = new DirtyRows();

  /** Returns the horizon for streams of a series with that start time. */
  of(seriesHash: number, startTimeUnixNano: bigint): Horizon | undefined {
    if (this.#bySeries.size === 0) return this.#shared;
    const own = this.#bySeries.get(rowOf(seriesHash, startTimeUnixNano));
    return own && this.#shared ? later(own, this.#shared) : (own ?? this.#shared);
  }

  raise(seriesHash: number, horizon: Horizon): void {
    const row = rowOf(seriesHash, horizon.startTimeUnixNano);
    const known = this.#bySeries.get(row);
    const raised = known ? later(known, horizon) : horizon;
    if (raised === known) return;
    this.#bySeries.set(row, raised);
    this.dirty.add(row);
    if (this.#bySeries.size > maxSeries) this.#shareOldest();
  }

  /** Raises the horizon that all series share. */
  raiseShared(horizon: Horizon): void {
    this.#shared = this.#shared ? later(this.#shared, horizon) : horizon;
    this.dirty.add(sharedRow);
  }

  write(row: number, writer: ByteWriter): boolean {
    const horizon = row === sharedRow ? this.#shared : this.#bySeries.get(row);
    if (!horizon) return false;
    writer.uint64(horizon.startTimeUnixNano);
    writer.uint64(horizon.limitUnixNano);
    return true;
  }

  read(row: number, reader: ByteReader): void {
    const horizon = { startTimeUnixNano: reader.uint64(), limitUnixNano: reader.uint64() };
    if (row === sharedRow) this.#shared = horizon;
    else this.#bySeries.set(row, horizon);
  }

  #shareOldest(): void {
    for (const [row, horizon] of this.#bySeries) {
      this.#bySeries.delete(row);
      this.dirty.add(row);
      this.raiseShared(horizon);
      return;
    }
  }
}

function rowOf(seriesHash: number, startTimeUnixNano: bigint): number {
  return (startTimeUnixNano === 0n ? ~seriesHash : seriesHash) >>> 0;
}

/** Returns the later of both times. Returns `known` itself if nothing increases. */
function later(known: Horizon, other: Horizon): Horizon {
  if (other.startTimeUnixNano <= known.startTimeUnixNano && other.limitUnixNano <= known.limitUnixNano) return known;
  const max = (a: bigint, b: bigint) => (a > b ? a : b);
  return {
    startTimeUnixNano: max(known.startTimeUnixNano, other.startTimeUnixNano),
    limitUnixNano: max(known.limitUnixNano, other.limitUnixNano),
  };
}
