/** Why a stream does not count in full. The numbers are on disk: only append. */
export const baselineKinds = ['forked', 'preexisting', 'returning', 'continued', 'resumed'] as const;
export type BaselineKind = (typeof baselineKinds)[number];

/** The value above which a stream counts. Written back as a whole object when it changes. */
export interface Baseline<Value> {
  readonly kind: BaselineKind;
  /** Of the stream itself, or of the stream that it was forked from; then it can be above the stream's own value. */
  readonly value: Value;
  /** Time of the point that set `value`. With a limit: the latest time of a point of the stream. */
  readonly timeUnixNano: bigint;
  /**
   * Limit time, if there is one: a point that is not later can only raise the baseline, and until a later point arrives, every
   * point does.
   */
  readonly limitUnixNano: bigint | undefined;
}

/** Whether no point after the limit time has arrived yet. */
export function isWaiting({ timeUnixNano, limitUnixNano }: Baseline<unknown>): boolean {
  return limitUnixNano !== undefined && timeUnixNano <= limitUnixNano;
}
