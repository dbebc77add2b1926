/** Cause of and action for a drop reason, as in docs/troubleshooting.md. */
export interface ReasonText {
  readonly cause: string;
  readonly action: string;
  /** Whether the reason is harmless and needs no action. */
  readonly isHarmless?: boolean;
}

const notCumulative: ReasonText = {
  cause: 'The sum or histogram cannot be shown as cumulative.',
  action: 'Set the SDK to cumulative, which is Airflow’s default, or add a deltatocumulative processor.',
};
const inconsistent: ReasonText = {
  cause: 'The histogram is inconsistent, or too fine for Prometheus.',
  action: 'Correct the client.',
};
const late: ReasonText = {
  cause: 'Late or repeated points, for example retries.',
  action: 'None.',
  isHarmless: true,
};
const notAllowed: ReasonText = {
  cause: 'Prometheus does not allow the name.',
  action: 'Use another translation_strategy, or rename.',
};

export const dropReasons: Readonly<Record<string, ReasonText>> = {
  series_limit: {
    cause: 'max_series is reached. New series are dropped.',
    action: 'Raise the limit, or remove the attribute that multiplies series. See Sizing.',
  },
  type_conflict: {
    cause: 'Two types share one name. The first type is kept.',
    action: 'Rename one metric (metrics_transform), or remove the wrong client.',
  },
  name_collision: {
    cause: 'Two metrics have the same name after translation (a.b and a_b), with different types or units.',
    action: 'Rename one metric.',
  },
  duplicate_series: {
    cause: 'Two series have the same labels. The newer one is shown.',
    action: 'Keep a resource attribute that distinguishes them (resource_to_telemetry_conversion).',
  },
  invalid_name: notAllowed,
  invalid_label: notAllowed,
  unspecified_temporality: notCumulative,
  unsupported_temporality: notCumulative,
  delta_non_monotonic: notCumulative,
  misaligned_delta: { cause: 'Deltas overlap or have gaps.', action: 'Use one client per series.' },
  bucket_list_mismatch: inconsistent,
  bucket_sum_mismatch: inconsistent,
  too_many_buckets: inconsistent,
  unsupported_scale: inconsistent,
  not_a_number: { cause: 'The counter is NaN or infinite.', action: 'Correct the client.' },
  negative_value: {
    cause: 'A monotonic counter, or a delta of one, is negative.',
    action: 'Correct the client, or use an up-down counter.',
  },
  out_of_order: late,
  regression: late,
  duplicate_delta: late,
};
