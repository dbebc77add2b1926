import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { DirtyRows } from '../state/dirty-rows.ts';
import type { RowSource } from '../state/row-source.ts';

/** A process that is first seen within this time after the state start can have started before it, ms. */
export const graceMs = 600_000;
/** Above the limit, every process counts as first seen early. */
const maxProcesses = 100_000;
const perRow = 512;

/** The processes that pitot first saw within ten minutes after the state start. */
export class EarlyProcesses implements RowSource {
  readonly prefix = 'e/';
  /** State start, ms since the Unix epoch. Set before the first point. */
  epochUnixMs = 0;
  readonly #known = new Set<number>();
  readonly #rows: number[][] = [];
  readonly dirty = new DirtyRows();

  /** Records that a point of the process has arrived. */
  note(process: number, nowUnixMs: number): void {
    if (nowUnixMs > this.epochUnixMs + graceMs || this.#known.has(process) || this.#known.size >= maxProcesses) return;
    this.#add(process);
    this.dirty.add(this.#rows.length - 1);
  }

  has(process: number): boolean {
    return this.#known.has(process) || this.#known.size >= maxProcesses;
  }

  /** Discards all processes: the state starts again. */
  clear(): void {
    this.dirty.addAll(this.#rows.keys());
    this.#known.clear();
    this.#rows.length = 0;
  }

  write(row: number, writer: ByteWriter): boolean {
    const processes = this.#rows[row];
    if (!processes) return false;
    writer.uint(processes.length);
    for (const process of processes) writer.uint32(process);
    return true;
  }

  read(_row: number, reader: ByteReader): void {
    for (let left = reader.uint(); left > 0; left--) this.#add(reader.uint32() | 0);
  }

  #add(process: number): void {
    this.#known.add(process);
    const row = this.#rows.at(-1);
    if (row && row.length < perRow) row.push(process);
    else this.#rows.push([process]);
  }
}
