/** Returns the delay of the header `Retry-After` in seconds: a number of seconds or a date. Undefined if it is neither. */
export function retryAfterSeconds(header: string | undefined, nowUnixMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^[+-]?\d+$/.test(header)) return Math.max(0, Number(header));
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - nowUnixMs) / 1000);
}
