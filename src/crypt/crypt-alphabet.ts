const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Encodes a number like crypt(3): six bits per digit, lowest first. */
export function encodeCrypt(value: number, digits: number): string {
  return Array.from({ length: digits }, (_, index) => alphabet[(value >> (6 * index)) & 63]).join('');
}
