/** Gate that a limited number of callers can pass. The others wait until `open` raises the limit. */
export class Turnstile {
  #allowed = 0;
  #opened = 0;
  #waiting: (() => void)[] = [];

  pass(): Promise<void> {
    return new Promise((passed) => {
      this.#waiting.push(passed);
      this.#admit();
    });
  }

  /** Raises the limit. @param total number of callers that can have passed since the start */
  open(total: number): void {
    this.#allowed += Math.max(0, total - this.#opened);
    this.#opened = Math.max(this.#opened, total);
    this.#admit();
  }

  #admit(): void {
    const admitted = this.#waiting.splice(0, this.#allowed);
    this.#allowed -= admitted.length;
    for (const passed of admitted) passed();
  }
}
