import { decodeUtf8, encodeUtf8 } from '#bytes/utf8.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { any, bytesLike, listOfEach, type Of, optional, type Parameter, text, textLike } from '../parameters.ts';
import { goType, type IdValue, type OttlValue } from '../value.ts';
import { type Converters, convert, converter } from './define.ts';
import { addressBytes, parseNetwork } from './ip-address.ts';
import { fromText } from './patterns.ts';

interface Base64 {
  readonly encode: (bytes: Buffer) => string;
  /** Texts that can be decoded. */
  readonly valid: RegExp;
}

const unpadded = (encoded: string) => encoded.replace(/=+$/, '');
const standard = '[A-Za-z0-9+/]';
const urlSafe = '[A-Za-z0-9_-]';
const withPadding = (set: string) => new RegExp(`^(?:${set}{4})*(?:${set}{2}==|${set}{3}=)?$`);
const withoutPadding = (set: string) => new RegExp(`^(?:${set}{4})*(?:${set}{2,3})?$`);

const base64Variants: Readonly<Record<string, Base64>> = {
  base64: { encode: (bytes) => bytes.toString('base64'), valid: withPadding(standard) },
  'base64-raw': { encode: (bytes) => unpadded(bytes.toString('base64')), valid: withoutPadding(standard) },
  'base64-url': {
    encode: (bytes) => bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
    valid: withPadding(urlSafe),
  },
  'base64-raw-url': { encode: (bytes) => bytes.toString('base64url'), valid: withoutPadding(urlSafe) },
};

function base64(variant: string): Base64 {
  if (Object.hasOwn(base64Variants, variant)) return base64Variants[variant]!;
  throw new OttlError(`unsupported base64 variant: ${variant}`);
}

/** Names in the Collector's own table. */
const utf8Names = new Set(['', 'utf-8', 'utf8', 'ascii', 'us-ascii']);
const rawNames = new Set(['utf-8-raw', 'utf8-raw', 'nop']);

/**
 * Returns a function that decodes bytes to a text.
 * @throws OttlError for an unknown encoding
 */
function decoder(encoding: string): (bytes: Buffer) => string {
  if (Object.hasOwn(base64Variants, encoding)) {
    const { valid } = base64Variants[encoding]!;
    return (bytes) => {
      const written = bytes.toString('latin1').replace(/[\r\n]/g, '');
      if (!valid.test(written)) throw new OttlError('could not decode: illegal base64 data');
      return decodeUtf8(Buffer.from(written, 'base64'));
    };
  }
  const name = encoding.toLowerCase();
  if (rawNames.has(name)) return (bytes) => decodeUtf8(bytes);
  if (utf8Names.has(name)) return (bytes) => bytes.toString('utf8');
  try {
    const found = new TextDecoder(name === 'utf16' ? 'utf-16' : name, { ignoreBOM: true });
    return (bytes) => found.decode(bytes);
  } catch {
    throw new OttlError(`unsupported encoding '${encoding}'`);
  }
}

/** Converts bytes or their hexadecimal text to a trace or span ID. */
function idOf(kind: IdValue['kind'], size: number, name: string): Converters[string] {
  const id: Parameter<Of<IdValue>> = {
    read: (argument) => {
      const bytes = bytesLike.read(argument);
      const make = (value: Uint8Array | undefined): IdValue => {
        const given = Buffer.from(value ?? []);
        const hex = given.length === size ? given.toString('hex') : given.toString('latin1').toLowerCase();
        if (given.length !== size && given.length !== size * 2) {
          throw new OttlError(
            `${name}: could not decode ID: invalid length: expected ${size} or ${size * 2} bytes, got ${given.length}`,
          );
        }
        if (!/^[0-9a-f]*$/.test(hex)) throw new OttlError(`${name}: could not decode ID: invalid hex`);
        return { kind, hex: /^0*$/.test(hex) ? '' : hex };
      };
      if (argument.expression.kind !== 'literal') return (context) => make(bytes(context));
      try {
        const found = make(bytes(undefined as never));
        return () => found;
      } catch (error) {
        if (error instanceof OttlError) throw new OttlParseError(error.message);
        throw error;
      }
    },
  };
  return convert('target', id, (value) => value);
}

function isValidLuhn(value: string | undefined): boolean {
  if (value === undefined) throw new OttlError('invalid input: <nil>');
  const digits = value.replaceAll(' ', '');
  if (digits === '') return false;
  if (!/^\d+$/.test(digits)) throw new OttlError(`strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`);
  let sum = 0;
  for (const [index, digit] of [...digits].reverse().entries()) {
    const doubled = index % 2 === 1 ? Number(digit) * 2 : Number(digit);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Converters of bytes, encodings, ids and addresses. */
export const encodingConverters: Converters = {
  Base64Encode: converter(
    { target: text, variant: optional(text) },
    ({ target, variant }) =>
      (context) =>
        base64(variant?.(context) ?? 'base64').encode(encodeUtf8(target(context))),
  ),
  Decode: converter({ target: any, encoding: fromText(decoder) }, ({ target, encoding }) => (context) => {
    const decode = encoding(context);
    return decode(decodable(target(context)));
  }),
  Hex: convert('target', bytesLike, (value) => Buffer.from(value ?? []).toString('hex')),
  TraceID: idOf('traceId', 16, 'TraceID'),
  SpanID: idOf('spanId', 8, 'SpanID'),
  IsValidLuhn: convert('target', textLike, isValidLuhn),
  IsInCIDR: converter(
    { target: text, networks: listOfEach(fromText(networkOf)) },
    ({ target, networks }) =>
      (context) => {
        const address = addressBytes(target(context));
        return address !== undefined && networks.some((network) => network(context).contains(address));
      },
  ),
};

function networkOf(written: string) {
  const network = parseNetwork(written);
  if (!network) throw new OttlError(`invalid CIDR address: ${written}`);
  return network;
}

function decodable(value: OttlValue): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value === 'string') return encodeUtf8(value);
  throw new OttlError(`unsupported type provided to Decode function: ${goType(value)}`);
}
