import { formatFloat } from '#go/format.ts';
import type { EscapingScheme } from './escaping.ts';
import type { ExpositionFormat } from './exposition-format.ts';
import { escapeHelp } from './text-escapes.ts';
import { type TextDialect, TextFamily } from './text-family.ts';

const dialect: TextDialect = {
  header: (family, name) => ({ name, type: family.type }),
  help: escapeHelp,
  float: formatFloat,
  count: formatFloat,
  // Prometheus refuses a whole scrape response for a time before 1970.
  timestamp: (milliseconds) => (milliseconds < 0 ? '' : ` ${milliseconds}`),
  exemplar: () => '',
  hasExemplars: false,
};

/** Returns the Prometheus text format 0.0.4 (docs/reference/collector-behaviour.md#text-format). */
export function textFormat(scheme: EscapingScheme): ExpositionFormat {
  return {
    contentType: `text/plain; version=0.0.4; charset=utf-8; escaping=${scheme}`,
    trailer: '',
    frame: undefined,
    begin: (family, budget) => new TextFamily(family, { dialect, scheme, budget }),
  };
}
