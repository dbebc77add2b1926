import { isDeepStrictEqual } from 'node:util';

/** Counts equal answers by kind, and stores differences until `take` returns them. */
export class Score {
  readonly #kinds = new Map<string, { same: number; total: number }>();
  readonly #varying = new Map<string, number>();
  #differences: unknown[] = [];

  compare(kind: string, expected: unknown, received: unknown): void {
    this.#note(kind, isDeepStrictEqual(expected, received), { kind, expected, received });
  }

  /** Compares an answer. If there is no expected answer, because the Collector's varies from run to run, only counts the case. */
  compareBytes(kind: string, expected: Buffer | undefined, received: Buffer): void {
    if (expected === undefined) {
      this.#varying.set(kind, (this.#varying.get(kind) ?? 0) + 1);
      return;
    }
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

  /** Prints `KIND same/total` for every kind, and the number of cases in which the Collector's answer varies. */
  print(title: string): void {
    const figures = [...this.#kinds].map(([kind, { same, total }]) => `${kind} ${same}/${total}`);
    const varying = [...this.#varying].map(([kind, count]) => `${kind} ${count}`);
    const remark = varying.length > 0 ? `; the Collector's answer varies: ${varying.join(', ')}` : '';
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
