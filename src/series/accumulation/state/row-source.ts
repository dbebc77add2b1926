import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { DirtyRows } from './dirty-rows.ts';

/** State in numbered rows. A row is written as a whole when a part of it has changed. */
export interface RowSource {
  /** Prefix of the rows' keys. */
  readonly prefix: string;
  readonly dirty: DirtyRows;
  /** Writes the current content of a row. Returns false if the row no longer exists. */
  write(row: number, writer: ByteWriter): boolean;
  /** Adds the content of a row. Called in the order of their numbers. */
  read(row: number, reader: ByteReader): void;
}
