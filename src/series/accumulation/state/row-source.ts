import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** State that is written in numbered rows, each as a whole when a part of it has changed. */
export interface RowSource {
  /** The rows' keys begin with it. */
  readonly prefix: string;
  /** Numbers of the rows that have changed since the last call. */
  takeDirty(): ReadonlySet<number>;
  /** Marks rows whose write failed. */
  markDirty(rows: Iterable<number>): void;
  /** Writes a row as it is now. Returns false if the row no longer exists. */
  write(row: number, writer: ByteWriter): boolean;
  /** Adds the content of a row. Called in the order of their numbers. */
  read(row: number, reader: ByteReader): void;
}
