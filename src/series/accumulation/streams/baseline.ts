/** Reasons why a stream does not count in full. The numbers are stored on disk: only append. */
export const baselineKinds = ['forked', 'preexisting', 'returning', 'continued', 'resumed'] as const;
export type BaselineKind = (typeof baselineKinds)[number];

/** The value above which a stream counts. Replaced as a whole when it changes. */
export interface Baseline<Value> {
  readonly kind: BaselineKind;
  /**
   * Value of the stream itself, or of the stream from which it was forked. The latter can exceed the stream's own
   * value.
   */
  readonly value: Value;
  /** Time of the point that set `value`. With a limit time: the latest time of a point of the stream. */
  readonly timeUnixNano: bigint;
  /**
   * Limit time, if there is one. A point that is not later can only raise the baseline. Until a later point arrives,
   * every point does.
   */
  readonly limitUnixNano: bigint | undefined;
}

/** Whether no point after the limit time has arrived yet. */
export function isWaiting({ timeUnixNano, limitUnixNano }: Baseline<unknown>): boolean {
  return limitUnixNano !== undefined && timeUnixNano <= limitUnixNano;
}
