import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

/** Expects equal data, as `toStrictEqual` does; quick for what is equal, since only a difference needs to be shown. */
export function expectSame(got: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(got, expected)) expect(got).toStrictEqual(expected);
}
