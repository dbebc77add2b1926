/**
 * Resolves with the result of `work`, or with undefined when `deadline` aborts first. It then no longer waits, but `work` continues.
 * Rejects if `work` rejects before the deadline.
 */
export async function withDeadline<Result>(work: Promise<Result>, deadline: AbortSignal): Promise<Result | undefined> {
  if (deadline.aborted) {
    work.catch(() => undefined);
    return undefined;
  }
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const onAbort = () => resolve(undefined);
  deadline.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    deadline.removeEventListener('abort', onAbort);
  }
}
