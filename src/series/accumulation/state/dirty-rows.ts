/** Numbers of the rows that have changed since they were taken for a write. */
export class DirtyRows {
  #rows = new Set<number>();

  add(row: number): void {
    this.#rows.add(row);
  }

  /** Adds several rows, such as those whose write failed. */
  addAll(rows: Iterable<number>): void {
    for (const row of rows) this.#rows.add(row);
  }

  take(): ReadonlySet<number> {
    const taken = this.#rows;
    this.#rows = new Set();
    return taken;
  }

  clear(): void {
    this.#rows.clear();
  }
}
