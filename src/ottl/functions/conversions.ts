import { createHash } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { encodeUtf8 } from '#bytes/utf8.ts';
import { parseDuration } from '#go/duration.ts';
import { parseGoFloat } from '#go/float.ts';
import { parseGoInteger, truncatedInteger } from '#go/integer.ts';
import type { Getter, OttlFunction } from '../compile.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { isList, isMap, isTime, kindOf, type OttlValue } from '../value.ts';
import { asText, required, text, writtenText, writtenTexts } from './arguments.ts';
import { timeReader } from './parse-time.ts';

type Converter = OttlFunction<Getter>;

const ofOne = (convert: (value: OttlValue) => OttlValue): Converter => ({
  parameters: ['target'],
  build: ([target]) => {
    const { get } = required(target);
    return (context) => convert(get(context));
  },
});

/** The network of `10.0.0.0/8`, to ask for membership. */
function network(text: string): BlockList {
  const [address = '', bits] = text.split('/');
  const family = isIP(address);
  const longest = family === 4 ? 32 : 128;
  if (!family || bits === undefined || !/^\d{1,3}$/.test(bits) || Number(bits) > longest)
    throw new OttlParseError(`invalid CIDR address: ${text}`);
  const found = new BlockList();
  found.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return found;
}

/** Converters from one kind of value to another, tests of a kind, hashes and time. */
export const conversions: Readonly<Record<string, Converter>> = {
  Int: ofOne((value) => {
    if (typeof value === 'bigint') return value;
    if (typeof value === 'number') return truncatedInteger(value);
    if (typeof value === 'boolean') return value ? 1n : 0n;
    if (typeof value === 'string') return parseGoInteger(value);
    if (value === undefined) return undefined;
    throw new OttlError(`could not convert ${kindOf(value)} to int`);
  }),
  Double: ofOne((value) => {
    if (typeof value === 'number') return value;
    if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
    const number = typeof value === 'string' ? parseGoFloat(value) : undefined;
    if (value === undefined || number !== undefined) return number;
    throw new OttlError(`could not convert ${kindOf(value)} to double`);
  }),
  String: ofOne((value) => asText(value)),
  Bool: ofOne((value) => {
    if (value === undefined || typeof value === 'boolean') return value;
    if (typeof value === 'bigint' || typeof value === 'number') return Number(value) !== 0;
    if (typeof value === 'string' && /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(value))
      return /^(1|t)/i.test(value);
    throw new OttlError(`could not convert ${kindOf(value)} to bool`);
  }),
  IsString: ofOne((value) => typeof value === 'string'),
  IsInt: ofOne((value) => typeof value === 'bigint'),
  IsDouble: ofOne((value) => typeof value === 'number'),
  IsBool: ofOne((value) => typeof value === 'boolean'),
  IsMap: ofOne((value) => isMap(value)),
  IsList: ofOne((value) => isList(value)),
  SHA256: {
    parameters: ['target'],
    build:
      ([target]) =>
      (context) =>
        createHash('sha256')
          .update(encodeUtf8(text(target, context)))
          .digest('hex'),
  },
  Now: { parameters: [], build: () => () => ({ kind: 'time', nanoseconds: BigInt(Date.now()) * 1_000_000n }) },
  Duration: ofOne((value) => {
    if (typeof value !== 'string') throw new OttlError(`expected string but got ${kindOf(value)}`);
    try {
      return { kind: 'duration', nanoseconds: BigInt(Math.round(parseDuration(value) * 1e6)) };
    } catch (error) {
      throw new OttlError(`${(error as Error).message} ${JSON.stringify(value)}`);
    }
  }),
  Time: {
    parameters: ['time', 'format', 'location?'],
    build: ([time, format, location]) => {
      const read = timeReader(writtenText(format), location && writtenText(location));
      return (context) => ({ kind: 'time', nanoseconds: read(text(time, context)) });
    },
  },
  UnixNano: ofOne((value) => {
    if (isTime(value) && value.kind === 'time') return value.nanoseconds;
    throw new OttlError(`expected time but got ${kindOf(value)}`);
  }),
  IsInCIDR: {
    parameters: ['target', 'networks'],
    build: ([target, networks]) => {
      const blocks = writtenTexts(required(networks)).map(network);
      return (context) => {
        const address = text(target, context);
        const family = isIP(address);
        // A zone makes the address one of a link, not of a network.
        return (
          family !== 0 &&
          !address.includes('%') &&
          blocks.some((block) => block.check(address, family === 4 ? 'ipv4' : 'ipv6'))
        );
      };
    },
  },
};
