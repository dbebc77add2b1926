/**
 * A sum of doubles that does not depend on their order. Two doubles hold twice the digits, so the rounding error is far
 * below the last shown digit. Adding numbers that are not negative never decreases `value`.
 */
export class ExactSum {
  /** The sum, rounded to a double. */
  value = 0;
  /** The rounding error of `value`. */
  rest = 0;

  add(x: number): void {
    const { value } = this;
    const sum = value + x;
    const part = sum - value;
    const lost = value - (sum - part) + (x - part);
    const rest = this.rest + lost;
    this.value = sum + rest;
    this.rest = rest - (this.value - sum);
  }

  /** Adds `next − known` without rounding the difference. */
  addDifference(next: number, known: number): void {
    const difference = next - known;
    const part = difference - next;
    this.add(difference);
    this.add(next - (difference - part) - (known + part));
  }

  /** Adds a sum that was stored as its two parts. */
  restore(value: number, rest: number): void {
    this.add(value);
    this.add(rest);
  }
}
