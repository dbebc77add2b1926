/** A queue whose first element is removed in constant time on average. */
export class Fifo<Element> {
  #elements: (Element | undefined)[] = [];
  #first = 0;

  get length(): number {
    return this.#elements.length - this.#first;
  }

  push(element: Element): void {
    this.#elements.push(element);
  }

  /** Returns the first element without removing it. */
  peek(): Element | undefined {
    return this.#elements[this.#first];
  }

  shift(): Element | undefined {
    const element = this.#elements[this.#first];
    if (this.length === 0) return undefined;
    this.#elements[this.#first] = undefined;
    this.#first += 1;
    if (this.#first >= 1024 && this.#first * 2 >= this.#elements.length) {
      this.#elements = this.#elements.slice(this.#first);
      this.#first = 0;
    }
    return element;
  }
}
