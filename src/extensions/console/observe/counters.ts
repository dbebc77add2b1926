import type { Reading, ServiceViews } from '#component/views/service-views.ts';

const items = { metrics: 'metric_points', traces: 'spans', logs: 'log_records' } as const;

/** Reasons for drops that are normal, such as retries, and do not count as errors. */
const harmlessReasons: ReadonlySet<string> = new Set(['out_of_order', 'regression', 'duplicate_delta']);

/** Totals since startup, read from pitot's own metrics. */
export interface Totals {
  readonly points: number;
  readonly refusedPoints: number;
  readonly droppedPoints: number;
  /** Points that an exporter could not send. */
  readonly unsentPoints: number;
  readonly rejectedRequests: number;
}

/** Reads the totals from own metrics. A metric without series counts as 0. */
export function totalsOf(views: ServiceViews): Totals {
  const sum = (name: string, isCounted: (reading: Reading) => boolean = () => true) =>
    views.readings(name).reduce((total, reading) => (isCounted(reading) ? total + reading.value : total), 0);
  return {
    points: sum('otelcol_receiver_accepted_metric_points'),
    refusedPoints: sum('otelcol_receiver_refused_metric_points'),
    droppedPoints: sum(
      'pitot_prometheus_dropped_points_total',
      ({ labels }) => !harmlessReasons.has(labels.reason ?? ''),
    ),
    unsentPoints: sum('otelcol_exporter_send_failed_metric_points'),
    rejectedRequests: sum('pitot_receiver_rejected_requests_total'),
  };
}

/**
 * Returns items that passed a component, by `kind id signal`, and items that it refused, by `kind id signal refused`.
 */
export function itemsByComponent(views: ServiceViews): Map<string, number> {
  const totals = new Map<string, number>();
  const add = (name: string, keyOf: (labels: Reading['labels']) => string) => {
    for (const { labels, value } of views.readings(name)) {
      const key = keyOf(labels);
      totals.set(key, (totals.get(key) ?? 0) + value);
    }
  };
  for (const [signal, item] of Object.entries(items)) {
    add(`otelcol_receiver_accepted_${item}`, ({ receiver }) => `receiver ${receiver} ${signal}`);
    add(`otelcol_receiver_refused_${item}`, ({ receiver }) => `receiver ${receiver} ${signal} refused`);
    add(`otelcol_exporter_sent_${item}`, ({ exporter }) => `exporter ${exporter} ${signal}`);
    add(`otelcol_exporter_send_failed_${item}`, ({ exporter }) => `exporter ${exporter} ${signal} refused`);
  }
  add('otelcol_processor_outgoing_items', ({ processor, otel_signal }) => `processor ${processor} ${otel_signal}`);
  return totals;
}
