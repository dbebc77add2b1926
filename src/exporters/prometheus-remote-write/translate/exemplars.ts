import { toByteString } from '#bytes/utf8.ts';
import type { Exemplar } from '#pdata/metrics.ts';
import { valueText } from '#pdata/value-text.ts';
import { compareBytes } from '#prometheus/from-otlp/label-shape.ts';
import type { WriteExemplar } from '#prometheus/remote-write/write-series.ts';
import { toMs } from './point-time.ts';

/** OpenMetrics' limit for all names and values of an exemplar's labels, characters. */
const maxCharacters = 128;

/** Translates exemplars. If the attributes would exceed the limit of an exemplar's labels, they are omitted. */
export function translateExemplars(exemplars: readonly Exemplar[]): WriteExemplar[] {
  return exemplars.map(translateExemplar);
}

function translateExemplar(exemplar: Exemplar): WriteExemplar {
  const { traceId, spanId, value, timeUnixNano, filteredAttributes } = exemplar;
  const ids: [string, string][] = [];
  if (traceId !== '') ids.push(['trace_id', traceId]);
  if (spanId !== '') ids.push(['span_id', spanId]);
  const attributes = filteredAttributes.entries
    .filter(({ key }) => !ids.some(([name]) => name === key))
    .map(({ key, value: attribute }): [string, string] => [key, valueText(attribute)]);
  const length = [...ids, ...attributes].reduce((sum, [name, text]) => sum + characters(name) + characters(text), 0);
  const labels = (length <= maxCharacters ? [...ids, ...attributes] : ids)
    .map(([name, text]) => [toByteString(name), toByteString(text)] as const)
    .sort(([a], [b]) => compareBytes(a, b));
  return {
    labels: { names: labels.map(([name]) => name), values: labels.map(([, text]) => text) },
    value: Number(value ?? 0),
    timestampMs: value === undefined ? 0 : toMs(timeUnixNano),
  };
}

function characters(text: string): number {
  return text.length <= maxCharacters ? [...text].length : text.length;
}
