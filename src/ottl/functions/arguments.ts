import { RE2JS } from 're2js';
import { valueText } from '#pdata/value-text.ts';
import type { CompiledArgument } from '../compile.ts';
import type { OttlContext } from '../context.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { isTime, kindOf, type OttlValue } from '../value.ts';

/** The argument of a required parameter. */
export function required(argument: CompiledArgument | undefined): CompiledArgument {
  if (!argument) throw new OttlParseError('an argument is missing');
  return argument;
}

/** A pattern written in the statement, in a linear-time engine with Go's syntax. */
export function pattern(argument: CompiledArgument | undefined): RE2JS {
  const { constant } = required(argument);
  if (typeof constant !== 'string') throw new OttlParseError('a pattern must be a string in quotes');
  try {
    return RE2JS.compile(constant);
  } catch (error) {
    throw new OttlParseError(`the pattern ${JSON.stringify(constant)} is not valid: ${(error as Error).message}`);
  }
}

/** A string written in the statement. */
export function writtenText(argument: CompiledArgument | undefined): string {
  const { constant } = required(argument);
  if (typeof constant !== 'string') throw new OttlParseError('expected a string in quotes');
  return constant;
}

/** A whole number written in the statement. */
export function writtenInteger(argument: CompiledArgument | undefined): number {
  const { constant } = required(argument);
  if (typeof constant !== 'bigint') throw new OttlParseError('expected a whole number');
  return Number(constant);
}

/** A list of strings written in the statement; empty when the argument is absent. */
export function writtenTexts(argument: CompiledArgument | undefined): string[] {
  if (!argument) return [];
  const { constant } = argument;
  const values =
    typeof constant === 'object' && 'kind' in constant && constant.kind === 'array' ? constant.values : undefined;
  if (!values?.every((value) => typeof value === 'string'))
    throw new OttlParseError('expected a list of strings in quotes');
  return values as string[];
}

/** A string at run time. Throws OttlError for any other kind. */
export function text(argument: CompiledArgument | undefined, context: OttlContext): string {
  const value = required(argument).get(context);
  if (typeof value !== 'string') throw new OttlError(`expected string but got ${kindOf(value)}`);
  return value;
}

/** The text of any value, undefined for nil: as the collector's JSON has it, bytes in hexadecimal. Throws OttlError for NaN and infinity. */
export function asText(value: OttlValue): string | undefined {
  if (value === undefined) return undefined;
  if (isTime(value)) return value.kind === 'time' ? `"${timeText(value.nanoseconds)}"` : String(value.nanoseconds);
  if (typeof value === 'number') return doubleText(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : valueText(value);
}

/** As JavaScript, but an exponent has at least two digits. */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) throw new OttlError(`unsupported value: ${value}`);
  return valueText(value).replace(/e([-+])(\d)$/, 'e$10$2');
}

function timeText(nanoseconds: bigint): string {
  const fraction = String(nanoseconds % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  const seconds = new Date(Number(nanoseconds / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds}${fraction ? `.${fraction}` : ''}Z`;
}
