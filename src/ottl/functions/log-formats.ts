import { OttlError, OttlParseError } from '../ottl-error.ts';
import { literalText, optional, text } from '../parameters.ts';
import { list, map } from '../value.ts';
import { type Converters, convert, converter } from './define.ts';
import { parseElf } from './extended-log-format.ts';
import { mapOfLast } from './parsing.ts';

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v' };

/** Removes the escapes of ArcSight's format from a header field or an extension value. */
const unescapedHeader = (value: string) => value.replace(/\\([|\\])/g, '$1');
const unescapedExtension = (value: string) =>
  value.replace(/\\([\\=nr])/g, (_, letter: string) => (letter === 'n' || letter === 'r' ? escapes[letter]! : letter));

const cefFields = ['device_vendor', 'device_product', 'device_version', 'device_event_class_id', 'name', 'severity'];

/** Parses the Common Event Format. */
function parseCef(message: string) {
  if (message === '') throw new OttlError('cannot parse empty CEF message');
  const start = message.indexOf('CEF:');
  if (start < 0) throw new OttlError("invalid CEF message: 'CEF:' not found");
  // Seven fields that end with a pipe. A backslash makes a pipe part of a field.
  const parts = message.slice(start).match(/(?:\\[|\\]|[^|])*(?:\||$)/gs) ?? [];
  const fields = parts.slice(0, 7).map((part) => part.replace(/\|$/, ''));
  if (
    fields.length < 7 ||
    (fields.length === 7 && fields[6] === '' && !parts[6]!.endsWith('|') && !parts[5]!.endsWith('|'))
  ) {
    throw new OttlError(
      'invalid CEF header: expected at least 7 pipe-delimited fields (CEF:Version, Device Vendor, Device Product, Device Version, Device Event Class ID, Name, Severity)',
    );
  }
  const version = fields[0]!.slice('CEF:'.length);
  if (version === '') throw new OttlError('invalid CEF message: missing version');
  const extension = parts.slice(7).join('');
  return map([
    { key: 'cef.version', value: version },
    ...cefFields.map((name, index) => ({ key: `cef.${name}`, value: unescapedHeader(fields[index + 1]!) })),
    { key: 'cef.extensions', value: mapOfLast(cefExtensions(extension)) },
  ]);
}

function cefExtensions(extension: string): [string, string][] {
  const keys = [...extension.matchAll(/(?<=^| )([A-Za-z0-9_]+)=/g)];
  return keys.map((match, index) => {
    const value = extension.slice(match.index + match[0].length, keys[index + 1]?.index);
    return [match[1]!, unescapedExtension(value.replace(/ +$/, ''))];
  });
}

const quoted = String.raw`"((?:[^"\\]|\\.)*)"`;
const commonPattern = String.raw`(\S+) (\S+) (\S+) \[([^\]]+)\] ${quoted} (\S+) (\S+)`;
const clfFormats: Readonly<Record<string, RegExp>> = {
  clf: new RegExp(`^${commonPattern}$`),
  combined: new RegExp(`^${commonPattern} ${quoted} ${quoted}$`),
};

function unescapedQuoted(value: string): string {
  return value.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/gs, (whole, hex?: string, letter = '') => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return letter === '\\' || letter === '"' ? letter : (escapes[letter] ?? whole);
  });
}

function wholeNumber(written: string, name: string): bigint {
  if (!/^[-+]?\d{1,18}$/.test(written))
    throw new OttlError(`invalid ${name} ${JSON.stringify(written)}: invalid syntax`);
  return BigInt(written);
}

/** Parses Apache's common and combined log formats. */
function parseClf(message: string, format: string) {
  if (message === '') throw new OttlError('cannot parse empty CLF message');
  const match = clfFormats[format]!.exec(message.trim());
  if (!match) throw new OttlError(`invalid CLF message: does not match expected ${JSON.stringify(format)} format`);
  const [, host, rfc931, user, timestamp, rawRequest, status, bytes, referer, agent] = match as unknown as string[];
  const request = unescapedQuoted(rawRequest!);
  const [method, uri, ...protocol] = request.split(' ');
  return map([
    { key: 'clf.remote_host', value: host },
    { key: 'clf.rfc931', value: rfc931 },
    { key: 'clf.auth_user', value: user },
    { key: 'clf.timestamp', value: timestamp },
    { key: 'clf.request', value: request },
    ...(protocol.length > 0
      ? [
          { key: 'clf.method', value: method },
          { key: 'clf.request_uri', value: uri },
          { key: 'clf.protocol', value: protocol.join(' ') },
        ]
      : []),
    { key: 'clf.status', value: wholeNumber(status!, 'status code') },
    ...(bytes === '-' ? [] : [{ key: 'clf.bytes', value: wholeNumber(bytes!, 'bytes value') }]),
    ...(format === 'combined'
      ? [
          { key: 'clf.referer', value: unescapedQuoted(referer!) },
          { key: 'clf.user_agent', value: unescapedQuoted(agent!) },
        ]
      : []),
  ]);
}

/** Parses QRadar's Log Event Extended Format. */
function parseLeef(message: string) {
  if (message === '') throw new OttlError('cannot parse empty LEEF message');
  const start = message.indexOf('LEEF:');
  if (start < 0) throw new OttlError("invalid LEEF message: 'LEEF:' not found");
  const [head = '', ...fields] = message.slice(start).split('|');
  if (fields.length === 0) throw new OttlError('invalid LEEF message: missing pipe delimiter in header');
  const version = head.slice('LEEF:'.length);
  if (version !== '1.0' && version !== '2.0') {
    throw new OttlError(`unsupported LEEF version: ${version} (supported: 1.0, 2.0)`);
  }
  if (fields.length < 4) {
    throw new OttlError(
      `invalid LEEF ${version} header: expected at least 4 fields (vendor, product, version, eventID), got ${fields.length}`,
    );
  }
  const [vendor, product, productVersion, eventId, ...rest] = fields;
  // In version 2, the delimiter has its own field, unless that field already has attributes.
  const hasDelimiter = version === '2.0' && rest.length > 0 && !rest[0]!.includes('=');
  const delimiter = hasDelimiter ? leefDelimiter(rest[0]!) : '\t';
  const attributes = (hasDelimiter ? rest.slice(1) : rest).join('|');
  const pairs = attributes.split(delimiter).flatMap((pair): [string, string][] => {
    const at = pair.indexOf('=');
    return at > 0 ? [[pair.slice(0, at), pair.slice(at + 1)]] : [];
  });
  return map([
    { key: 'leef.version', value: version },
    { key: 'leef.vendor', value: vendor },
    { key: 'leef.product.name', value: product },
    { key: 'leef.product.version', value: productVersion },
    { key: 'leef.event.id', value: eventId },
    { key: 'leef.attributes', value: mapOfLast(pairs) },
  ]);
}

function leefDelimiter(written: string): string {
  if (written === '') return '\t';
  const hex = /^0[xX](.*)$/s.exec(written)?.[1];
  if (hex === undefined) {
    if (Buffer.byteLength(written) === 1) return written;
    throw new OttlError(
      `invalid LEEF 2.0 delimiter: delimiter must be a single character or 0x-prefixed hex value, got ${JSON.stringify(written)}`,
    );
  }
  if (!/^[0-9a-fA-F]{2}$/.test(hex))
    throw new OttlError(`invalid LEEF 2.0 delimiter: ${JSON.stringify(written)} is not one byte`);
  return String.fromCharCode(Number.parseInt(hex, 16));
}

/** Converters of the context `log`. */
export const logConverters: Converters = {
  ParseCEF: convert('target', text, parseCef),
  ParseCLF: converter({ target: text, format: optional(literalText) }, ({ target, format = 'clf' }) => {
    if (!Object.hasOwn(clfFormats, format)) {
      throw new OttlParseError(`invalid format ${JSON.stringify(format)}: must be "clf" or "combined"`);
    }
    return (context) => parseClf(target(context), format);
  }),
  ParseELF: convert('target', text, (message) => {
    const { fields, directives, entries } = parseElf(message);
    return map([
      ...[...directives].map(([key, value]) => ({ key: `elf.${key}`, value })),
      { key: 'elf.entries', value: list(entries.map(mapOfLast)) },
      { key: 'elf.fields', value: list(fields) },
    ]);
  }),
  ParseLEEF: convert('target', text, parseLeef),
};
