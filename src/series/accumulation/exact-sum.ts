/**
 * A sum of doubles that does not depend on their order. Two doubles hold twice the digits, so the rounding error is far
 * below the last shown digit. Adding numbers that are not negative never decreases `value`.
 */
export class ExactSum {
  /** The sum, rounded to a double. */
  value = 0;
  /** The rounding error of `value`. */
  rest = 0;

  /** Adds a number. A sum beyond the largest double stays there: infinity could not be added to anymore. */
  add(x: number): void {
    const { value } = this;
    const sum = value + x;
    if (!Number.isFinite(sum)) {
      this.#saturate(sum);
      return;
    }
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

  #saturate(sum: number): void {
    if (Number.isNaN(sum)) return;
    this.value = Math.sign(sum) * Number.MAX_VALUE;
    this.rest = 0;
  }

  /** Adds a sum that was stored as its two parts. */
  restore(value: number, rest: number): void {
    this.add(value);
    this.add(rest);
  }
}

/**
 * A sum as a number while that is exact, which is always so for counts. It saves the memory of an object in each of a
 * million series. Functions return the new total.
 */
export type Total = number | ExactSum;

/** Adds `x` without a rounding error. May change and return `total` itself. */
export function addTo(total: Total, x: number): Total {
  if (typeof total === 'number') {
    const sum = total + x;
    const part = sum - total;
    if (total - (sum - part) + (x - part) === 0) return sum;
  }
  const exact = asExactSum(total);
  exact.add(x);
  return exact;
}

/** Adds `next − known` without rounding the difference. */
export function addDifferenceTo(total: Total, next: number, known: number): Total {
  if (typeof total === 'number') {
    const difference = next - known;
    const part = difference - next;
    if (next - (difference - part) - (known + part) === 0) return addTo(total, difference);
  }
  const exact = asExactSum(total);
  exact.addDifference(next, known);
  return exact;
}

/** Returns the total, rounded to a double. */
export function roundedTotal(total: Total): number {
  return typeof total === 'number' ? total : total.value;
}

/** Returns the rounding error of the value. */
export function roundingError(total: Total): number {
  return typeof total === 'number' ? 0 : total.rest;
}

function asExactSum(total: Total): ExactSum {
  if (typeof total !== 'number') return total;
  const exact = new ExactSum();
  exact.value = total;
  return exact;
}
