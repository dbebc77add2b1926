import { PermanentError, RetryableError } from '#component/errors.ts';
import { codeOfHttp } from '#component/rpc-codes.ts';
import type { HttpResponse } from '#http-client/http-client.ts';
import { retryAfterSeconds } from '#http-client/retry-after.ts';
import { decodeRpcStatus, rpcErrorText } from '#otlp-client/rpc-status.ts';

/** Statuses after which OTLP allows the same request again. */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Returns the error of an answer whose status is not a success, with the Collector's text. `now`: Unix time in milliseconds. */
export function errorOfAnswer(
  { status, headers, body, url }: HttpResponse,
  now: number,
): PermanentError | RetryableError {
  const code = codeOfHttp(status);
  const answered = `error exporting items, request to ${url} responded with HTTP Status Code ${status}`;
  const details = status >= 400 && status <= 599 ? decodeRpcStatus(body) : undefined;
  const description =
    details === undefined
      ? answered
      : `${answered}, Message=${details.message}, Details=[${details.details.join(' ')}]`;
  const text = rpcErrorText(code, description);
  if (!retryable.has(status)) return new PermanentError(`Permanent error: ${text}`, { code });
  const seconds = status === 429 || status === 503 ? retryAfterSeconds(headers.get('retry-after'), now) : undefined;
  return new RetryableError(text, { code, ...(seconds !== undefined && { retryAfterSeconds: seconds }) });
}
