import { PermanentError, RetryableError } from '#component/errors.ts';
import type { HttpResponse } from '#http-client/http-client.ts';
import { decodeRpcStatus, rpcErrorText } from '#otlp-client/rpc-status.ts';

const codes: ReadonlyMap<number, number> = new Map([
  [400, 3],
  [401, 16],
  [403, 7],
  [404, 12],
  [429, 8],
  [502, 14],
  [503, 14],
  [504, 14],
]);
/** google.rpc.Code of any other status. */
const unknown = 2;
/** Statuses after which OTLP allows the same request again. */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Returns the error of an answer whose status is not a success, with the Collector's text. `now`: Unix time in milliseconds. */
export function errorOfAnswer(
  { status, headers, body, url }: HttpResponse,
  now: number,
): PermanentError | RetryableError {
  const code = codes.get(status) ?? unknown;
  const answered = `error exporting items, request to ${url} responded with HTTP Status Code ${status}`;
  const details = status >= 400 && status <= 599 ? decodeRpcStatus(body) : undefined;
  const description =
    details === undefined
      ? answered
      : `${answered}, Message=${details.message}, Details=[${details.details.join(' ')}]`;
  const text = rpcErrorText(code, description);
  if (!retryable.has(status)) return new PermanentError(`Permanent error: ${text}`, { code });
  const retryAfterSeconds = status === 429 || status === 503 ? delayOf(headers.get('retry-after'), now) : undefined;
  return new RetryableError(text, { code, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
}

/** Returns the delay of `Retry-After` in seconds: a number of seconds or a date. Undefined if it is neither. */
function delayOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^[+-]?\d+$/.test(header)) return Math.max(0, Number(header));
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}
