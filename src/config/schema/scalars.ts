import { z } from 'zod';
import { DurationError, parseDuration } from '#go/duration.ts';
import { ExpandedText, GoFloat, goTypeOf, withoutText } from '../raw-value.ts';
import { type SchemaMetadata, withMetadata } from './metadata.ts';

/** Result of decoding a value: the value, or the problem (the words after `'key' `). */
type Decoded<T> = { readonly value: T } | { readonly problem: string };

interface ScalarOptions<T> {
  readonly metadata: SchemaMetadata;
  readonly absent: T;
  /** Value of `null`. Same as in the Collector, it is the zero value of the type and not the default. */
  readonly zero: T;
  decode(raw: unknown): Decoded<T>;
}

function scalar<T>({ metadata, absent, zero, decode }: ScalarOptions<T>): z.ZodType<T> {
  const schema = z
    .unknown()
    .optional()
    .transform((raw, context): T => {
      if (raw === undefined) return absent;
      if (raw === null) return zero;
      const decoded = decode(raw);
      if ('value' in decoded) return decoded.value;
      context.addIssue({ code: 'custom', message: decoded.problem });
      return z.NEVER;
    });
  return withMetadata(schema as z.ZodType<T>, metadata);
}

function unconvertible(goType: string, raw: unknown): { problem: string } {
  return { problem: `expected type '${goType}', got unconvertible type '${goTypeOf(raw)}'` };
}

function decodeText(goType: string) {
  return (raw: unknown): Decoded<string> => {
    if (typeof raw === 'string') return { value: raw };
    if (raw instanceof ExpandedText) return { value: raw.original };
    return unconvertible(goType, raw);
  };
}

/** Decodes a value that is not a text. A `${…}` counts with its parsed value, and `null` is the zero value. */
function decodeParsed<T>(zero: T, decode: (value: unknown) => Decoded<T>) {
  return (raw: unknown): Decoded<T> => {
    const value = withoutText(raw);
    return value === null ? { value: zero } : decode(value);
  };
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return value instanceof GoFloat ? value.value : undefined;
}

/**
 * Schema of a text. Refuses numbers and booleans with the Collector's message. `goType` is the type's name in that
 * message. `values`: the texts that the component accepts, for hints; it checks them itself.
 */
export function string(
  defaultValue = '',
  { goType = 'string', values }: { readonly goType?: string; readonly values?: readonly string[] } = {},
): z.ZodType<string> {
  return scalar({
    metadata: { kind: 'string', default: defaultValue, ...(values && { values }) },
    absent: defaultValue,
    zero: '',
    decode: decodeText(goType),
  });
}

/**
 * Schema of an address on which a component listens: `host:port`. A sibling key `transport` other than `tcp…` changes
 * its meaning. Nothing listens on it if one of the siblings `unless` is set.
 */
export function listenAddress(defaultValue: string, unless: readonly string[] = []): z.ZodType<string> {
  return withRole({ role: 'listen-address', unless }, defaultValue);
}

/** Schema of the ID of an extension that the component uses. Empty means none. */
export function extensionId(): z.ZodType<string> {
  return withRole({ role: 'extension' }, '');
}

function withRole(role: Pick<SchemaMetadata, 'role' | 'unless'>, defaultValue: string): z.ZodType<string> {
  return scalar({
    metadata: { kind: 'string', default: defaultValue, ...role },
    absent: defaultValue,
    zero: '',
    decode: decodeText('string'),
  });
}

/** Schema of a text that `print-config` shows as `[REDACTED]`. */
export function secret(defaultValue = '', { goType = 'configopaque.String' } = {}): z.ZodType<string> {
  return scalar({
    metadata: { kind: 'secret', default: defaultValue },
    absent: defaultValue,
    zero: '',
    decode: decodeText(goType),
  });
}

/** Schema of `true` or `false`. Refuses the texts `"true"`, `yes`, and `on`, and numbers. */
export function boolean(defaultValue = false): z.ZodType<boolean> {
  return scalar({
    metadata: { kind: 'boolean', default: defaultValue },
    absent: defaultValue,
    zero: false,
    decode: decodeParsed(false, (value) => (typeof value === 'boolean' ? { value } : unconvertible('bool', value))),
  });
}

/** Schema of a whole number. A fraction is truncated. `goType` `uint32` and similar types refuse negative numbers. */
export function integer(defaultValue = 0, { goType = 'int' } = {}): z.ZodType<number> {
  return scalar({
    metadata: { kind: 'integer', default: defaultValue },
    absent: defaultValue,
    zero: 0,
    decode: decodeParsed(0, (value) => {
      const number = numberOf(value);
      if (number === undefined || !Number.isFinite(number)) return unconvertible(goType, value);
      if (goType.startsWith('uint') && number < 0) {
        return { problem: `cannot parse value as '${goType}': ${number} overflows uint` };
      }
      return { value: Math.trunc(number) };
    }),
  });
}

/** Schema of a number. */
export function float(defaultValue = 0): z.ZodType<number> {
  return scalar({
    metadata: { kind: 'float', default: defaultValue },
    absent: defaultValue,
    zero: 0,
    decode: decodeParsed(0, (value) => {
      const number = numberOf(value);
      return number === undefined ? unconvertible('float64', value) : { value: number };
    }),
  });
}

interface DurationOptions {
  /** Whether to accept `never` too, as Infinity. */
  readonly allowNever?: boolean;
  /** Whether to accept days before the other units too (`7d`, `1d12h`), which Go does not know. For settings that only pitot has. */
  readonly allowDays?: boolean;
}

/** A text that begins with days. */
const days = /^(\d+)d(.*)$/;

/**
 * Schema of a duration, in milliseconds after decoding. YAML contains Go's text (`1m30s`) or a number of nanoseconds.
 * @param defaultValue Go's text, or milliseconds
 */
export function duration(
  defaultValue: string | number = 0,
  { allowNever = false, allowDays = false }: DurationOptions = {},
): z.ZodType<number> {
  const absent = typeof defaultValue === 'string' ? parseDuration(defaultValue) : defaultValue;
  return scalar({
    metadata: { kind: 'duration', default: defaultValue },
    absent,
    zero: 0,
    decode: decodeParsed(0, (value) => {
      const nanoseconds = numberOf(value);
      if (nanoseconds !== undefined && Number.isFinite(nanoseconds)) return { value: Math.trunc(nanoseconds) / 1e6 };
      if (typeof value !== 'string') return unconvertible('time.Duration', value);
      if (allowNever && value === 'never') return { value: Number.POSITIVE_INFINITY };
      const [, count, rest] = (allowDays && days.exec(value)) || [];
      try {
        if (count !== undefined) return { value: Number(count) * 86_400_000 + parseDuration(rest || '0') };
        return { value: parseDuration(value) };
      } catch (error) {
        if (error instanceof DurationError) return { problem: error.message };
        throw error;
      }
    }),
  });
}

interface EnumerationOptions<Value extends string> {
  readonly values: readonly Value[];
  readonly default: NoInfer<Value>;
  /** Value of `null`. By default, the default of the setting. */
  readonly zero?: NoInfer<Value>;
  /** Whether to ignore case (`DETAILED` is `detailed`). False by default. */
  readonly ignoreCase?: boolean;
  /** Returns the refusal of a text, after `'key' `: `unknown metrics level "foo"`. */
  refusal(text: string): string;
  /**
   * The Collector's type if it is a number with names. Numbers are then accepted, starting with that of the first
   * value.
   */
  readonly numbered?: { readonly goType: string; readonly first: number };
}

/**
 * Schema of one of several texts; others are refused while decoding. For a key that the Collector only checks after
 * decoding, use `string` and `validated`.
 */
export function enumeration<const Value extends string>(options: EnumerationOptions<Value>): z.ZodType<Value> {
  const { values, ignoreCase = false, refusal, numbered } = options;
  const plain = (text: string) => (ignoreCase ? text.toLowerCase() : text);
  return scalar<Value>({
    metadata: {
      kind: 'enumeration',
      default: options.default,
      values,
      ...(numbered?.goType === 'configtelemetry.Level' && { written: capitalized }),
    },
    absent: options.default,
    zero: options.zero ?? options.default,
    decode: (raw) => {
      if (numbered && withoutText(raw) === null) return { value: options.default };
      const number = numbered && numberOf(withoutText(raw));
      if (number !== undefined) {
        const value = values[Math.trunc(number) - numbered!.first];
        return value === undefined ? { problem: refusal(String(number)) } : { value };
      }
      const text = decodeText(numbered?.goType ?? 'string')(raw);
      if ('problem' in text) return text;
      const value = values.find((candidate) => plain(candidate) === plain(text.value));
      return value === undefined ? { problem: refusal(text.value) } : { value };
    },
  });
}

/** Returns the form in which the Collector prints a level: `Normal`. */
function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * Schema of any value: `null`, scalars (a whole float is a GoFloat), arrays, plain objects. `${…}` becomes its parsed
 * value.
 */
export function anything(): z.ZodType<unknown> {
  const schema = z
    .unknown()
    .optional()
    .transform((raw) => parsedValues(raw));
  return withMetadata(schema as z.ZodType<unknown>, { kind: 'any' });
}

function parsedValues(raw: unknown): unknown {
  const value = withoutText(raw);
  if (Array.isArray(value)) return value.map(parsedValues);
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, parsedValues(item)]));
  }
  return value;
}
