import type { ByteString } from '#bytes/utf8.ts';
import { type EscapingScheme, escapeName } from './escaping.ts';
import type { ExpositionFormat } from './exposition-format.ts';
import { type Fields, metricFields, quoted } from './protobuf-fields.ts';

/**
 * Returns the protobuf text format: `text` has indented lines, `compact-text` one line per family
 * (docs/reference/collector-behaviour.md#protobuf-formats). The Collector's spacing deliberately differs between builds; pitot's
 * does not.
 */
export function protobufTextFormat(encoding: 'text' | 'compact-text', scheme: EscapingScheme): ExpositionFormat {
  const separator = encoding === 'text' ? '' : ' ';
  const print = encoding === 'text' ? (fields: Fields) => printLines(fields, '') : printCompact;
  return {
    contentType: `application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=${encoding}; escaping=${scheme}`,
    trailer: '',
    frame: undefined,
    begin: (family) => ({
      head: print([
        ['name', quoted(escapeName(family.name, scheme))],
        ['help', quoted(family.help)],
        ['type', family.type.toUpperCase()],
      ]),
      series: (series) => separator + print([['metric', metricFields(family.type, series, scheme)]]),
      tail: '\n',
    }),
  };
}

function printLines(fields: Fields, indent: string): ByteString {
  let lines = '';
  for (const [name, value] of fields) {
    lines +=
      typeof value === 'string'
        ? `${indent}${name}: ${value}\n`
        : `${indent}${name}: {\n${printLines(value, `${indent}  `)}${indent}}\n`;
  }
  return lines;
}

function printCompact(fields: Fields): ByteString {
  return fields
    .map(([name, value]) => (typeof value === 'string' ? `${name}:${value}` : `${name}:{${printCompact(value)}}`))
    .join(' ');
}
