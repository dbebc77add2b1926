import type { ByteString } from '#bytes/utf8.ts';
import type { ExpositionFormat } from '#prometheus/exposition/exposition-format.ts';
import type { MetricFamily } from '#prometheus/metric-family.ts';

/** Renders the complete output without slices and caches. The renderer must write the same. */
export function renderExposition(format: ExpositionFormat, families: readonly MetricFamily[]): ByteString {
  let page = '';
  for (const family of families) {
    const renderer = format.begin(family);
    const body = renderer.head + family.series.map((series) => renderer.series(series)).join('') + renderer.tail;
    page += (format.frame?.(body.length) ?? '') + body;
  }
  return page + format.trailer;
}
