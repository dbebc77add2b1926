import type { Horizon } from './horizons.ts';

/** Way in which pitot counts a new stream without a tombstone. */
export type StreamKind =
  | 'fresh'
  | 'history'
  | 'forked'
  | 'continued'
  | 'returning'
  /** Pre-existing: the stream started before pitot's state did. */
  | 'preexisting'
  /** Pre-existing, and a total that `/metrics` has shown can include its counts from before the state start. */
  | 'preexisting_unrecorded';

/** Properties that determine the kind of a new stream. */
export interface NewStream {
  readonly startTimeUnixNano: bigint;
  /** Time of its first point. */
  readonly timeUnixNano: bigint;
  /** Whether another process has a stream with the same OTLP identity and start time, active or with a tombstone. */
  readonly hasFamily: boolean;
  /** Whether the same process has a stream in the series that this one can continue. */
  readonly canContinue: boolean;
  readonly horizon: Horizon | undefined;
  readonly hasProcessAttributes: boolean;
  /** Whether pitot first saw the process within ten minutes after the state start. */
  readonly isEarlyProcess: boolean;
  /** State start. */
  readonly epochUnixNano: bigint;
  /**
   * Whether totals from before the state start can have been shown: there is no storage, or settings that determine
   * series changed.
   */
  readonly isUnrecorded: boolean;
  /** A first point that is older than the state start by more than this is history, ns. */
  readonly historyMarginNano: bigint;
}

/** Resolution of coarse clocks, ns. Unrelated processes can share a start time that is a multiple of it. */
const coarseNano = 1_000_000n;

/**
 * Returns the kind of a new stream: the first condition of docs/accumulation.md#new-streams that is true. It depends on
 * pitot's records, and never on the difference between a process's clock and pitot's.
 */
export function kindOf(stream: NewStream): StreamKind {
  const { startTimeUnixNano: start, timeUnixNano: time, epochUnixNano: epoch, horizon } = stream;
  const isHistory = time < epoch - stream.historyMarginNano;
  if (start === 0n) return kindOfUnknownStart(stream, isHistory);
  if (stream.isUnrecorded && start < epoch && !isHistory) return 'preexisting_unrecorded';
  if (stream.hasFamily && start % coarseNano !== 0n) return 'forked';
  if (stream.canContinue) return 'continued';
  if (horizon && start <= horizon.startTimeUnixNano) return 'returning';
  if (isHistory) return 'history';
  if (start < epoch && (stream.isEarlyProcess || !stream.hasProcessAttributes)) return 'preexisting';
  return 'fresh';
}

/** A start time of 0 precedes every state start, but a process that pitot first sees long after it is new. */
function kindOfUnknownStart(stream: NewStream, isHistory: boolean): StreamKind {
  if (stream.horizon) return 'returning';
  if (isHistory) return 'history';
  if (stream.hasProcessAttributes && !stream.isEarlyProcess) return 'fresh';
  return stream.isUnrecorded ? 'preexisting_unrecorded' : 'preexisting';
}
