/** Lets so many pass, and the rest wait until it is opened further. */
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

  /** @param total how many may have passed in all */
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
