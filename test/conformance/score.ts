import { isDeepStrictEqual } from 'node:util';

/** Counts equal answers by kind, and stores differences until `take` returns them. */
export class Score {
  readonly #kinds = new Map<string, { same: number; total: number }>();
  readonly #varying = new Map<string, number>();
  #differences: unknown[] = [];

  compare(kind: string, expected: unknown, received: unknown): void {
    this.#note(kind, isDeepStrictEqual(expected, received), { kind, expected, received });
  }

  /** Notes the differences of an answer from one of the Collector's that varies from run to run. */
  compareVarying(kind: string, differences: readonly object[]): void {
    this.#varying.set(kind, (this.#varying.get(kind) ?? 0) + 1);
    this.#note(kind, differences.length === 0, { kind, differences });
  }

  compareBytes(kind: string, expected: Buffer, received: Buffer): void {
    const same = expected.equals(received);
    const difference = { kind, expected: expected.toString('latin1'), received: received.toString('latin1') };
    this.#note(kind, same, difference);
  }

  /** Returns the differences since the previous call. */
  take(): unknown[] {
    const taken = this.#differences;
    this.#differences = [];
    return taken;
  }

  /** Prints `KIND same/total` for every kind, and the number of cases that were compared without order, because the Collector's answer varies. */
  print(title: string): void {
    const figures = [...this.#kinds].map(([kind, { same, total }]) => `${kind} ${same}/${total}`);
    const varying = [...this.#varying].map(([kind, count]) => `${kind} ${count}`);
    const remark =
      varying.length > 0 ? `; without order, because the Collector's answer varies: ${varying.join(', ')}` : '';
    process.stdout.write(`${title}: ${figures.join(', ')}${remark}\n`);
  }

  #note(kind: string, same: boolean, difference: unknown): void {
    const counts = this.#kinds.get(kind) ?? { same: 0, total: 0 };
    counts.total++;
    if (same) counts.same++;
    else this.#differences.push(difference);
    this.#kinds.set(kind, counts);
  }
}
