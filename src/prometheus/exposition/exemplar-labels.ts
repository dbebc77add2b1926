import type { PrometheusExemplar } from '../metric-family.ts';

export type PairOfText = readonly [name: string, value: string];

/**
 * Returns the labels of an exemplar. The Collector's order is random; pitot always writes the trace before the span.
 */
export function exemplarLabels({ traceId, spanId }: PrometheusExemplar): readonly PairOfText[] {
  const labels: PairOfText[] = [];
  if (traceId !== '') labels.push(['trace_id', traceId]);
  if (spanId !== '') labels.push(['span_id', spanId]);
  return labels;
}
