/** What is remembered of the deltas of one process: enough to add each of them once. */
export class DeltaWindows {
  /** The latest windows: start, time and size (value or count), three entries each. */
  readonly recent: (bigint | number)[] = [];
  /** The latest end of a window. */
  lastTimeUnixNano = 0n;

  /**
   * Takes a window, or says that exactly it was taken already. One that ends before the latest end and is not a repeat is
   * another writer's: writers without process attributes share their windows' memory.
   */
  take(startTimeUnixNano: bigint, timeUnixNano: bigint, size: number): boolean {
    const { recent } = this;
    if (timeUnixNano <= this.lastTimeUnixNano) {
      for (let i = 0; i < recent.length; i += 3) {
        if (recent[i] === startTimeUnixNano && recent[i + 1] === timeUnixNano && recent[i + 2] === size) return false;
      }
    }
    recent.push(startTimeUnixNano, timeUnixNano, size);
    if (recent.length > 3 * maxWindows) recent.splice(0, 3);
    if (timeUnixNano > this.lastTimeUnixNano) this.lastTimeUnixNano = timeUnixNano;
    return true;
  }
}

/** A sender repeats what was not answered: its latest requests, within seconds. */
export const maxWindows = 32;
