import { thousands } from '#text/thousands.ts';

const minute = 60_000;

/** Formats `1 data point` or `1,234 data points`. */
export function many(count: number, noun: string): string {
  return `${thousands(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Formats `3 minutes` or `2 hours`. */
export function duration(ms: number): string {
  if (ms < 2 * minute) return many(Math.round(ms / 1000), 'second');
  if (ms < 120 * minute) return many(Math.round(ms / minute), 'minute');
  return ms < 48 * 60 * minute
    ? many(Math.round(ms / (60 * minute)), 'hour')
    : many(Math.round(ms / (24 * 60 * minute)), 'day');
}
