import type { AnyValue, Attributes } from '#pdata/attributes.ts';
import type { Accessor, Key, OttlContext } from '../context.ts';
import { valueBelow, withValueBelow } from '../indexed.ts';
import { OttlError } from '../ottl-error.ts';
import { type DataItems, goType, isId, isItems, isMap, isTime, map, type OttlValue, store } from '../value.ts';

/** The accessors of a context by path, such as `name` or `positive.offset`. */
export type PathTable = Readonly<Record<string, Accessor>>;

/** Functions that read and replace a part of the context of type T. */
interface Part<T> {
  read(context: OttlContext): T | undefined;
  /** @throws OttlError if the item does not have this part */
  write(context: OttlContext, value: T): void;
}

/** @throws OttlError for nil and for a value of another type */
export function expectType<T>(value: OttlValue, expected: string, typed: T | undefined): T {
  if (value === undefined) throw new OttlError('setting a value to nil is not supported');
  if (typed === undefined) throw new OttlError(`expects ${expected} but got ${goType(value)}`);
  return typed;
}

/** Defines a part of one type. `as` converts a value; undefined for any other type. */
function part<T>(expected: string, as: (value: OttlValue) => T | undefined) {
  return ({ read, write }: Part<T>): Accessor => ({
    get: read as Accessor['get'],
    set: (context, value) => write(context, expectType(value, expected, as(value))),
  });
}

export const textPart = part('string', (value) => (typeof value === 'string' ? value : undefined));
export const intPart = part('int64', (value) => (typeof value === 'bigint' ? value : undefined));
export const doublePart = part('float64', (value) => (typeof value === 'number' ? value : undefined));
export const boolPart = part('bool', (value) => (typeof value === 'boolean' ? value : undefined));

/** Defines an unsigned 32-bit integer that is a JavaScript number in pipeline data. */
export function uint32Part({ read, write }: Part<number>): Accessor {
  return intPart({
    read: (context) => asInt(read(context)),
    write: (context, value) => write(context, Number(BigInt.asUintN(32, value))),
  });
}

/** Defines a signed 32-bit integer. */
export function int32Part({ read, write }: Part<number>): Accessor {
  return intPart({
    read: (context) => asInt(read(context)),
    write: (context, value) => write(context, Number(BigInt.asIntN(32, value))),
  });
}

/** Defines an unsigned 64-bit integer, within the precision of a JavaScript number. */
export function countPart({ read, write }: Part<number>): Accessor {
  return intPart({
    read: (context) => asInt(read(context)),
    write: (context, value) => write(context, Number(BigInt.asUintN(64, value))),
  });
}

function asInt(value: number | undefined): bigint | undefined {
  return value === undefined ? undefined : BigInt(value);
}

/** Defines a time. The path itself is an integer of nanoseconds, the second accessor a time. */
export function timeParts({ read, write }: Part<bigint>): { readonly nanoseconds: Accessor; readonly time: Accessor } {
  const set = (context: OttlContext, value: bigint) => write(context, BigInt.asUintN(64, value));
  const signed = (context: OttlContext) => {
    const value = read(context);
    return value === undefined ? undefined : BigInt.asIntN(64, value);
  };
  return {
    nanoseconds: intPart({ read: signed, write: set }),
    time: {
      get: (context) => {
        const nanoseconds = signed(context);
        return nanoseconds === undefined ? undefined : { kind: 'time', nanoseconds };
      },
      set: (context, value) =>
        set(
          context,
          expectType(value, 'time.Time', isTime(value) && value.kind === 'time' ? value.nanoseconds : undefined),
        ),
    },
  };
}

/**
 * Defines an ID. The path itself is an ID, `.string` its hexadecimal text. Pipeline data contains `''` for the ID of
 * zeros.
 */
export function idParts(
  kind: 'traceId' | 'spanId',
  { read, write }: Part<string>,
): { readonly id: Accessor; readonly string: Accessor } {
  const digits = kind === 'traceId' ? 32 : 16;
  const zeros = '0'.repeat(digits);
  const type = kind === 'traceId' ? 'pcommon.TraceID' : 'pcommon.SpanID';
  return {
    id: {
      get: (context) => ({ kind, hex: read(context) ?? '' }),
      set: (context, value) =>
        write(context, expectType(value, type, isId(value) && value.kind === kind ? value.hex : undefined)),
    },
    string: textPart({
      read: (context) => read(context) || zeros,
      write: (context, value) => {
        if (value.length !== digits)
          throw new OttlError(`${kind === 'traceId' ? 'trace' : 'span'} ids must be ${digits} hex characters`);
        if (!/^[0-9a-f]*$/i.test(value)) throw new OttlError('encoding/hex: invalid byte');
        write(context, value === zeros ? '' : value.toLowerCase());
      },
    }),
  };
}

/** Defines attributes or another map of the item. */
export function mapPart({ read, write }: Part<Attributes>): Accessor {
  const asMap = (context: OttlContext) => map(read(context)?.entries ?? []);
  return {
    indexable: true,
    get: asMap,
    set: (context, value) => {
      if (value !== undefined && !isMap(value)) {
        throw new OttlError(`unsupported type provided for setting a pcommon.Map: ${goType(value)}`);
      }
      write(context, { entries: value?.entries ?? [] });
    },
    at: (keys) =>
      keyed(
        { read: asMap, write: (context, value) => write(context, { entries: isMap(value) ? value.entries : [] }) },
        keys,
      ),
  };
}

/** Defines a value of any type, such as the body of a log record. */
export function valuePart(value: {
  read(context: OttlContext): AnyValue;
  write(context: OttlContext, value: AnyValue): void;
}): Accessor {
  return {
    indexable: true,
    get: value.read,
    set: (context, found) => store(found, (replacement) => value.write(context, replacement(value.read(context)))),
    at: (keys) => {
      const { get, set } = keyed(value, keys);
      return {
        get,
        set: (context, found) => {
          if (value.read(context) === undefined) throw new OttlError('log bodies of type Empty cannot be indexed');
          set(context, found);
        },
      };
    },
  };
}

/** Returns the value below the keys of a map or another value. */
function keyed(
  { read, write }: { read(context: OttlContext): AnyValue; write(context: OttlContext, value: AnyValue): void },
  keys: readonly Key[],
): Accessor {
  return {
    get: (context) => valueBelow(read(context), keys, context),
    set: (context, value) =>
      store(value, (replacement) => write(context, withValueBelow(read(context), keys, { context, replacement }))),
  };
}

/** Defines items that are copied as a whole: points, events, links. nil removes all of them. */
export function itemsPart<T>(type: string, { read, write }: Part<readonly T[]>): Accessor {
  return {
    get: (context): DataItems | undefined => {
      const items = read(context);
      return items && { kind: 'items', type, items };
    },
    set: (context, value) => {
      if (value === undefined) write(context, []);
      else
        write(
          context,
          expectType(value, type, isItems(value) && value.type === type ? (value.items as readonly T[]) : undefined),
        );
    },
  };
}

/** Defines a part that a statement can read but not change. */
export function readOnly(get: Accessor['get'], path: string): Accessor {
  return {
    get,
    set: () => {
      throw new OttlError(`${JSON.stringify(path)} is read-only and cannot be modified`);
    },
  };
}
