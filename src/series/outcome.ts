/** Why a point or a series is left out: the label `reason` of `pitot_prometheus_dropped_points_total`. */
export type DropReason =
  // The series store.
  | 'series_limit'
  | 'invalid_name'
  | 'invalid_label'
  | 'type_conflict'
  | 'name_collision'
  | 'duplicate_series'
  // Rules of a data type.
  | 'out_of_order'
  | 'unspecified_temporality'
  | 'delta_non_monotonic'
  | 'unsupported_temporality'
  | 'misaligned_delta'
  | 'bucket_list_mismatch'
  | 'too_many_buckets'
  | 'unsupported_scale'
  | 'bucket_sum_mismatch'
  // Accumulation.
  | 'regression'
  | 'not_a_number'
  | 'negative_value'
  | 'duplicate_delta';

/** What became of a point. Compared by reference: use the constants and `refused`. */
export interface AppendOutcome {
  /** The point counts as an update: it keeps its series alive. */
  readonly isAccepted: boolean;
  /** What the series shows has changed. */
  readonly isVisible: boolean;
  /** Set when the point is left out, or accepted into a series that cannot be shown. */
  readonly reason: DropReason | undefined;
}

/** Accepted, and the page changes. */
export const changed: AppendOutcome = { isAccepted: true, isVisible: true, reason: undefined };

/** Accepted; the page stays as it is. */
export const unchanged: AppendOutcome = { isAccepted: true, isVisible: false, reason: undefined };

/** Left out; the series stays as it was. Keep the result: one for each reason. */
export function dropped(reason: DropReason): AppendOutcome {
  return { isAccepted: false, isVisible: false, reason };
}

/** Accepted, but the series cannot be shown (its `defect` is set) until a better point arrives. */
export function unservable(reason: DropReason): AppendOutcome {
  return { isAccepted: true, isVisible: true, reason };
}
