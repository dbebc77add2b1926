const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Six bits a digit, the lowest first, as crypt(3) writes numbers. */
export function encodeCrypt(value: number, digits: number): string {
  return Array.from({ length: digits }, (_, index) => alphabet[(value >> (6 * index)) & 63]).join('');
}
