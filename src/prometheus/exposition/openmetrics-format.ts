import { formatFloat } from '#go/format.ts';
import type { PrometheusExemplar } from '../metric-family.ts';
import type { EscapingScheme } from './escaping.ts';
import { exemplarLabels, type PairOfText } from './exemplar-labels.ts';
import type { ExpositionFormat } from './exposition-format.ts';
import { escapeQuoted } from './text-escapes.ts';
import { type TextDialect, TextFamily } from './text-family.ts';
import { wholeNumberText } from './whole-number.ts';

const dialect: TextDialect = {
  header(family, name) {
    if (family.type === 'untyped') return { name, type: 'unknown' };
    if (family.type !== 'counter') return { name, type: family.type };
    // In OpenMetrics, only a name with this suffix can be a counter.
    return name.endsWith('_total')
      ? { name: name.slice(0, -'_total'.length), type: 'counter' }
      : { name, type: 'unknown' };
  },
  help: escapeQuoted,
  float: formatOpenMetricsFloat,
  count: wholeNumberText,
  timestamp: (milliseconds) => ` ${formatOpenMetricsFloat(milliseconds / 1000)}`,
  exemplar: formatExemplar,
  hasExemplars: true,
};

/**
 * Returns the OpenMetrics text format. Both versions have the same body
 * (docs/reference/collector-behaviour.md#openmetrics-format).
 */
export function openMetricsFormat(version: '0.0.1' | '1.0.0', scheme: EscapingScheme): ExpositionFormat {
  return {
    contentType: `application/openmetrics-text; version=${version}; charset=utf-8; escaping=${scheme}`,
    trailer: '# EOF\n',
    frame: undefined,
    begin: (family, budget) => new TextFamily(family, { dialect, scheme, budget }),
  };
}

/** Formats a float like the text format, and appends `.0` to whole numbers. */
function formatOpenMetricsFloat(value: number): string {
  const text = formatFloat(value);
  // The text of a finite whole number without an exponent consists of digits and an optional sign.
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}

const pairText = ([name, value]: PairOfText) => `${name}="${escapeQuoted(value)}"`;

/**
 * Formats an exemplar. Omits an exemplar without labels. Its time is in seconds as a double, even if that loses
 * precision.
 */
function formatExemplar(exemplar: PrometheusExemplar | undefined): string {
  if (exemplar === undefined) return '';
  const labels = exemplarLabels(exemplar);
  if (labels.length === 0) return '';
  const seconds = Number(BigInt.asIntN(64, exemplar.timeUnixNano)) / 1e9;
  return ` # {${labels.map(pairText).join(',')}} ${formatOpenMetricsFloat(exemplar.value)} ${formatOpenMetricsFloat(seconds)}`;
}
