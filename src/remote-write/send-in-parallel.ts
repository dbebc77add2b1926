import { PermanentError, RetryableError } from '#component/errors.ts';
import type { Attempt, Send } from '#exporterhelper/send.ts';
import type { EncodedRequest } from '#prometheus/remote-write/encode-requests.ts';

/**
 * Sends requests, at most `parallelism` at the same time. A request that fails does not stop the others.
 * @throws RetryableError if a retry could help, otherwise PermanentError
 */
export async function sendInParallel(
  requests: readonly EncodedRequest[],
  { send, parallelism }: { readonly send: Send<EncodedRequest>; readonly parallelism: number },
  attempt: Attempt,
): Promise<void> {
  const waiting = requests.values();
  const errors: unknown[] = [];
  const work = async () => {
    for (const request of waiting) {
      try {
        await send(request, attempt);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallelism, requests.length) }, work));
  if (errors.length === 0) return;
  const message = [...new Set(errors.map((error) => (error instanceof Error ? error.message : String(error))))].join(
    '; ',
  );
  const first = errors.find((error) => error instanceof RetryableError);
  if (first === undefined) throw new PermanentError(message, { cause: errors[0] });
  throw new RetryableError(message, { cause: first });
}
