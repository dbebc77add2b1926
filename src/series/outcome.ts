/** Reason why a point or a series is dropped: the label `reason` of `pitot_prometheus_dropped_points_total`. */
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

/** Result of appending a point. Compare by reference: use the constants and `dropped`. */
export interface AppendOutcome {
  /** Whether the point counts as an update, which keeps its series alive. */
  readonly isAccepted: boolean;
  /** Whether the output of the series has changed. */
  readonly isVisible: boolean;
  /** Set if the point is dropped, or accepted into a series that cannot be shown. */
  readonly reason: DropReason | undefined;
}

/** Accepted, and the output changes. */
export const changed: AppendOutcome = { isAccepted: true, isVisible: true, reason: undefined };

/** Accepted, and the output does not change. */
export const unchanged: AppendOutcome = { isAccepted: true, isVisible: false, reason: undefined };

/**
 * Returns the outcome of a dropped point, which does not change its series. Keep the result: there is one object per
 * reason.
 */
export function dropped(reason: DropReason): AppendOutcome {
  return { isAccepted: false, isVisible: false, reason };
}

/**
 * Returns the outcome of an accepted point whose series cannot be shown (its `defect` is set) until a better point
 * arrives.
 */
export function unservable(reason: DropReason): AppendOutcome {
  return { isAccepted: true, isVisible: true, reason };
}
