import type { DatabaseSync } from 'node:sqlite';
import { checksumOf } from './layout.ts';

/** Number of rows to read at the same time. Reading them one by one takes half as much time again. */
const scanRows = 1_000;

const ofOwner = 'FROM entries WHERE owner = (SELECT id FROM owners WHERE name = ?)';
/** Values of other types than pitot writes become null, and so do invalid checksums. */
const checked = `key, CASE typeof(value) WHEN 'blob' THEN value END AS value,
  CASE WHEN checksum BETWEEN 0 AND 4294967295 THEN checksum END AS checksum`;

interface CheckedRow {
  readonly key: string;
  readonly value: Uint8Array | null;
  readonly checksum: number | null;
}

/** Reads the entries of one owner and checks them. Reports corrupted entries instead of returning them. */
export class EntryReader {
  readonly #database: () => DatabaseSync | undefined;
  readonly #owner: string;
  readonly #onCorrupted: (key: string, reason: string) => void;

  constructor(options: {
    readonly database: () => DatabaseSync | undefined;
    readonly owner: string;
    readonly onCorrupted: (key: string, reason: string) => void;
  }) {
    this.#database = options.database;
    this.#owner = options.owner;
    this.#onCorrupted = options.onCorrupted;
  }

  read(key: string): Uint8Array | undefined {
    const row = this.#database()?.prepare(`SELECT ${checked} ${ofOwner} AND key = ?`).get(this.#owner, key);
    return row ? this.#valueOf(row as unknown as CheckedRow) : undefined;
  }

  *scan(prefix: string): Iterable<readonly [key: string, value: Uint8Array]> {
    const range = this.#database()?.prepare(
      `SELECT ${checked} ${ofOwner} AND key >= ? AND key < ? ORDER BY key LIMIT ${scanRows}`,
    );
    if (!range) return;
    range.setReturnArrays(true);
    for (let start = prefix; ; ) {
      const rows = range.all(this.#owner, start, endOf(prefix)) as unknown as [
        key: string,
        value: Uint8Array | null,
        checksum: number | null,
      ][];
      for (const [key, stored, checksum] of rows) {
        const value = this.#valueOf({ key, value: stored, checksum });
        if (value) yield [key, value];
      }
      if (rows.length < scanRows) return;
      start = `${rows.at(-1)?.[0]}\0`;
    }
  }

  /** Returns the keys that start with none of the prefixes. */
  keysOutside(prefixes: readonly string[]): string[] {
    const inside = prefixes.map(() => '(key >= ? AND key < ?)').join(' OR ') || '0';
    const bounds = prefixes.flatMap((prefix) => [prefix, endOf(prefix)]);
    const rows = this.#database()?.prepare(`SELECT CAST(key AS TEXT) AS key ${ofOwner} AND NOT (${inside})`);
    return (rows?.all(this.#owner, ...bounds) ?? []).map(({ key }) => String(key));
  }

  /** Returns the value of an entry of any type as an SQL literal. */
  literal(key: string): string {
    const row = this.#database()?.prepare(`SELECT quote(value) AS value ${ofOwner} AND key = ?`).get(this.#owner, key);
    return String(row?.value ?? 'NULL');
  }

  #valueOf({ key, value, checksum }: CheckedRow): Uint8Array | undefined {
    if (value === null) this.#onCorrupted(key, 'the value has another type than bytes');
    else if (checksumOf(this.#owner, key, value) !== checksum) this.#onCorrupted(key, 'the checksum does not match');
    else return value;
    return undefined;
  }
}

/** U+10FFFF sorts after every character with which a key can continue. */
function endOf(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}
