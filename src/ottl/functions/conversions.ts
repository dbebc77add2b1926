import { createHash } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { parseGoFloat } from '../../pdata/go-float.ts';
import type { Getter, OttlFunction } from '../compile.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { isList, isMap, isTime, kindOf, type OttlValue } from '../value.ts';
import { asText, required, text, writtenTexts } from './arguments.ts';

type Converter = OttlFunction<Getter>;

const ofOne = (convert: (value: OttlValue) => OttlValue): Converter => ({
  parameters: ['target'],
  build: ([target]) => {
    const { get } = required(target);
    return (context) => convert(get(context));
  },
});

/** Text as a whole number, as Go's ParseInt in base 10; nil when it is none. */
function parsedInteger(value: string): bigint | undefined {
  if (!/^[-+]?\d+$/.test(value)) return undefined;
  const number = BigInt(value.replace('+', ''));
  return BigInt.asIntN(64, number) === number ? number : undefined;
}

/** The network of `10.0.0.0/8`, to ask for membership. */
function network(text: string): BlockList {
  const [address = '', bits] = text.split('/');
  const family = isIP(address);
  if (!family || bits === undefined || !/^\d+$/.test(bits)) throw new OttlParseError(`invalid CIDR address: ${text}`);
  const found = new BlockList();
  found.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return found;
}

/** Converters from one kind of value to another, tests of a kind, hashes and time. */
export const conversions: Readonly<Record<string, Converter>> = {
  Int: ofOne((value) => {
    if (typeof value === 'bigint') return value;
    if (typeof value === 'number')
      return Number.isFinite(value) ? BigInt.asIntN(64, BigInt(Math.trunc(value))) : undefined;
    if (typeof value === 'boolean') return value ? 1n : 0n;
    if (typeof value === 'string') return parsedInteger(value);
    return undefined;
  }),
  Double: ofOne((value) => {
    if (typeof value === 'number') return value;
    if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
    if (typeof value === 'string') return parseGoFloat(value);
    return undefined;
  }),
  String: ofOne((value) => asText(value)),
  Bool: ofOne((value) => {
    if (value === undefined || typeof value === 'boolean') return value;
    if (typeof value === 'bigint' || typeof value === 'number') return Number(value) !== 0;
    if (typeof value === 'string' && /^(1|t|true|0|f|false)$/i.test(value)) return /^(1|t)/i.test(value);
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
        createHash('sha256').update(text(target, context)).digest('hex'),
  },
  Now: { parameters: [], build: () => () => ({ kind: 'time', nanoseconds: BigInt(Date.now()) * 1_000_000n }) },
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
        return family !== 0 && blocks.some((block) => block.check(address, family === 4 ? 'ipv4' : 'ipv6'));
      };
    },
  },
};
