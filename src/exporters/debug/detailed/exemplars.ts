import type { ByteString } from '#bytes/utf8.ts';
import { timestampText } from '#go/timestamp.ts';
import type { Exemplar } from '#pdata/metrics.ts';
import { attributesBlock } from '../attributes-text.ts';
import { numberText } from '../text.ts';

/** Returns the exemplars of a data point, or `''` if there are none. */
export function exemplarsText(exemplars: readonly Exemplar[]): ByteString {
  if (exemplars.length === 0) return '';
  let text = 'Exemplars:\n';
  for (const [index, exemplar] of exemplars.entries()) {
    text += `Exemplar #${index}\n     -> Trace ID: ${exemplar.traceId}\n     -> Span ID: ${exemplar.spanId}\n`;
    text += `     -> Timestamp: ${timestampText(exemplar.timeUnixNano)}\n`;
    if (exemplar.value !== undefined) text += `     -> Value: ${numberText(exemplar.value)}\n`;
    text += attributesBlock(exemplar.filteredAttributes, '     -> FilteredAttributes:', '          -> ');
  }
  return text;
}
