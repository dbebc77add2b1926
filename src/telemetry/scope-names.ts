const collector = 'go.opentelemetry.io/collector';

/** The Collector's instrumentation scopes by prefix of the metric name; the first match applies. */
const scopes: readonly (readonly [prefix: string, scope: string])[] = [
  ['otelcol_exporter_', `${collector}/exporter/exporterhelper`],
  ['otelcol_process_', `${collector}/service`],
  ['otelcol_processor_batch_', `${collector}/processor/batchprocessor`],
  ['otelcol_processor_memory_limiter_', `${collector}/processor/memorylimiterprocessor`],
  ['otelcol_processor_', `${collector}/processor/processorhelper`],
  ['otelcol_receiver_', `${collector}/receiver/receiverhelper`],
];

/** Returns the `otel_scope_name` of an own metric, same as in the Collector. */
export function scopeNameOf(metric: string): string {
  return scopes.find(([prefix]) => metric.startsWith(prefix))?.[1] ?? 'pitot';
}
