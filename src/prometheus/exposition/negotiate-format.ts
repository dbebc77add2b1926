import { type AcceptClause, parseAccept } from './accept-header.ts';
import { type EscapingScheme, escapingSchemes } from './escaping.ts';
import type { ExpositionFormat } from './exposition-format.ts';
import { openMetricsFormat } from './openmetrics-format.ts';
import { protobufFormat } from './protobuf-format.ts';
import { protobufTextFormat } from './protobuf-text-format.ts';
import { textFormat } from './text-format.ts';

type FormatMaker = (scheme: EscapingScheme) => ExpositionFormat;

/**
 * Negotiates the format for an Accept header (docs/reference/collector-behaviour.md#format-negotiation). Returns text 0.0.4 if the
 * header requests no supported format.
 * @param accept the first Accept header line, undefined if there is none
 */
export function negotiateFormat(accept: string | undefined, options: { offersOpenMetrics: boolean }): ExpositionFormat {
  let scheme: EscapingScheme = 'underscores';
  for (const clause of parseAccept(accept ?? '')) {
    // The scheme applies even if another clause is chosen.
    scheme = escapingSchemes.find((candidate) => candidate === clause.params.get('escaping')) ?? scheme;
    const make = formatOf(clause, options.offersOpenMetrics);
    if (make !== undefined) return known(make, scheme);
  }
  return known(textFormat, scheme);
}

const openMetrics001: FormatMaker = (scheme) => openMetricsFormat('0.0.1', scheme);
const openMetrics100: FormatMaker = (scheme) => openMetricsFormat('1.0.0', scheme);
const protobufText: FormatMaker = (scheme) => protobufTextFormat('text', scheme);
const protobufCompact: FormatMaker = (scheme) => protobufTextFormat('compact-text', scheme);

function formatOf(clause: AcceptClause, offersOpenMetrics: boolean): FormatMaker | undefined {
  const version = clause.params.get('version') ?? '';
  switch (`${clause.type}/${clause.subtype}`) {
    case 'application/vnd.google.protobuf':
      return clause.params.get('proto') === 'io.prometheus.client.MetricFamily' ? protobufOf(clause) : undefined;
    case 'text/plain':
      return version === '' || version === '0.0.4' ? textFormat : undefined;
    case 'application/openmetrics-text':
      if (!offersOpenMetrics) return undefined;
      if (version === '1.0.0') return openMetrics100;
      return version === '' || version === '0.0.1' ? openMetrics001 : undefined;
    default:
      return undefined;
  }
}

function protobufOf(clause: AcceptClause): FormatMaker | undefined {
  switch (clause.params.get('encoding')) {
    case 'delimited':
      return protobufFormat;
    case 'text':
      return protobufText;
    case 'compact-text':
      return protobufCompact;
    default:
      return undefined;
  }
}

/**
 * Formats by maker and scheme, at most 24. Formats are stateless, and the cache of rendered parts uses the object as
 * its key.
 */
const formats = new Map<FormatMaker, Map<EscapingScheme, ExpositionFormat>>();

function known(make: FormatMaker, scheme: EscapingScheme): ExpositionFormat {
  const bySchemes = formats.get(make) ?? new Map<EscapingScheme, ExpositionFormat>();
  const format = bySchemes.get(scheme) ?? make(scheme);
  formats.set(make, bySchemes.set(scheme, format));
  return format;
}
