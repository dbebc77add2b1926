/**
 * Formats `1,234` or `1,234.57`, rounded to two digits. Does not use `toLocaleString`, whose first call loads tables for longer than a turn
 * of the event loop may last.
 */
export function thousands(value: number): string {
  const [whole = '', fraction] = String(Number.isInteger(value) ? value : Math.round(value * 100) / 100).split('.');
  const separated = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}
