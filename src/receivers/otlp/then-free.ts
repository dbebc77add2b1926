import { freeBytes } from '#bytes/free-bytes.ts';

/** Does work with decoded bytes, and releases them when it is done: many of them would otherwise fill the memory before they are collected. */
export function thenFree<Result>(bytes: Buffer, work: () => Result | Promise<Result>): Result | Promise<Result> {
  let result: Result | Promise<Result>;
  try {
    result = work();
  } catch (error) {
    freeBytes(bytes);
    throw error;
  }
  if (result instanceof Promise) return result.finally(() => freeBytes(bytes));
  freeBytes(bytes);
  return result;
}
