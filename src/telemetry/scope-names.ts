const collector = 'go.opentelemetry.io/collector';

/** The collector's instrumentation scopes, by the beginning of the names that they have; the first that fits counts. */
const scopes: readonly (readonly [prefix: string, scope: string])[] = [
  ['otelcol_exporter_', `${collector}/exporter/exporterhelper`],
  ['otelcol_process_', `${collector}/service`],
  ['otelcol_processor_batch_', `${collector}/processor/batchprocessor`],
  ['otelcol_processor_memory_limiter_', `${collector}/processor/memorylimiterprocessor`],
  ['otelcol_processor_', `${collector}/processor/processorhelper`],
  ['otelcol_receiver_', `${collector}/receiver/receiverhelper`],
];

/** `otel_scope_name` of a metric of ours, as the collector has it. */
export function scopeNameOf(metric: string): string {
  return scopes.find(([prefix]) => metric.startsWith(prefix))?.[1] ?? 'pitot';
}
