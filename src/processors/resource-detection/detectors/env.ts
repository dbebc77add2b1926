import { quoteGo } from '#go/quote.ts';
import type { KeyValue } from '#pdata/attributes.ts';
import type { ResourceDetectionConfig } from '../config.ts';
import type { Detected } from '../detector.ts';

/** `key=value` with blanks around both, up to a comma or the end. Values are percent-encoded ASCII. */
const pair = /[\t\n\f\r ]*([\0-\x7f]{1,256}?)[\t\n\f\r ]*=[\t\n\f\r ]*([\0-\x7f]{0,256}?)[\t\n\f\r ]*(?:,|$)/g;

/**
 * Detects the attributes in the environment variable OTEL_RESOURCE_ATTRIBUTES, or in OTEL_RESOURCE, its former name.
 * @throws Error with the Collector's text if the variable is malformed
 */
export function detectEnv({ attributes }: ResourceDetectionConfig['env']): Detected {
  const { OTEL_RESOURCE_ATTRIBUTES = '', OTEL_RESOURCE = '' } = process.env;
  const text = OTEL_RESOURCE_ATTRIBUTES.trim() || OTEL_RESOURCE.trim();
  const included = attributes.included.map(wildcard);
  const excluded = attributes.excluded.map(wildcard);
  const isKept = ({ key }: KeyValue) =>
    (included.length === 0 || included.some((pattern) => pattern.test(key))) &&
    !excluded.some((pattern) => pattern.test(key));
  return { attributes: text === '' ? [] : pairsIn(text).filter(isKept), schemaUrl: '' };
}

function pairsIn(text: string): KeyValue[] {
  const matches = [...text.matchAll(pair)].filter(([whole]) => whole !== '');
  if (matches.length === 0) throw new Error(`invalid resource format: ${quoteGo(text)}`);
  const values = new Map<string, string>();
  let end = 0;
  for (const match of matches) {
    const [whole, key, value] = match as unknown as [string, string, string];
    if (match.index !== end) throw invalidText(text.slice(end, match.index));
    values.set(key, unescaped(value, whole));
    end = match.index + whole.length;
  }
  if (end !== text.length) throw invalidText(text.slice(end));
  return [...values].map(([key, value]) => ({ key, value }));
}

function invalidText(text: string): Error {
  return new Error(`invalid resource format, invalid text: ${quoteGo(text)}`);
}

/** Decodes a value as Go's url.QueryUnescape does. */
function unescaped(value: string, whole: string): string {
  const wrong = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(value);
  if (wrong) {
    const reason = `invalid URL escape ${quoteGo(wrong[0])}`;
    throw new Error(`invalid resource format in attribute: ${quoteGo(whole)}, err: ${reason}`);
  }
  const bytes = value
    .replaceAll('+', ' ')
    .replace(/%(..)/gs, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** `*` matches any text and `?` any character. */
function wildcard(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\*?]/g, '\\$&')
      .replaceAll('\\*', '.*')
      .replaceAll('\\?', '.')}$`,
    's',
  );
}
