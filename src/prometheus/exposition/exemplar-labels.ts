import type { PrometheusExemplar } from '../metric-family.ts';

export type PairOfText = readonly [name: string, value: string];

/** The labels of an exemplar. The collector's order is random; ours is trace before span. */
export function exemplarLabels({ traceId, spanId }: PrometheusExemplar): readonly PairOfText[] {
  const labels: PairOfText[] = [];
  if (traceId !== '') labels.push(['trace_id', traceId]);
  if (spanId !== '') labels.push(['span_id', spanId]);
  return labels;
}
