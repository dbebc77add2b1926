/** The three formats of a date in HTTP. JavaScript parses more texts as dates, such as `1.5`, and the last format as local time. */
const httpDate =
  /^(?:\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT|\w{6,9}, \d\d-\w{3}-\d\d [\d:]{8} GMT|\w{3} \w{3} [ \d]\d [\d:]{8} \d{4})$/;

/** Returns the delay of the header `Retry-After` in seconds: a number of seconds or a date. Undefined if it is neither. */
export function retryAfterSeconds(header: string | undefined, nowUnixMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^[+-]?\d+$/.test(header)) return Math.max(0, Number(header));
  if (!httpDate.test(header)) return undefined;
  const date = Date.parse(header.endsWith('GMT') ? header : `${header} GMT`);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - nowUnixMs) / 1000);
}
