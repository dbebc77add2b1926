import { RE2JS } from 're2js';
import type { CompiledArgument } from '../compile.ts';
import { text as textOf } from '../conversions.ts';
import { OttlError } from '../ottl-error.ts';
import { atStart, type Of, type Parameter } from '../parameters.ts';
import { globPattern } from './glob.ts';

/** A regular expression in Go's syntax. The engine takes linear time for any pattern. */
export interface Pattern {
  readonly regex: RE2JS;
  /** Whether the pattern matches anywhere in a text. */
  matches(text: string): boolean;
}

/** A pattern of literal characters does not need the engine. */
const special = /[\\.+*?()|[\]{}^$]/;

/** @throws OttlError for an invalid regular expression */
export function compilePattern(written: string, flags = 0): Pattern {
  try {
    const regex = RE2JS.compile(written, flags);
    const isLiteral = written !== '' && flags === 0 && !special.test(written);
    return { regex, matches: isLiteral ? (text) => text.includes(written) : (text) => regex.test(text) };
  } catch (error) {
    throw new OttlError(
      `the regex pattern ${JSON.stringify(written)} is not a valid pattern: ${(error as Error).message}`,
    );
  }
}

/** Converts a text: a literal at startup, any other text whenever it differs from the previous one. */
export function fromText<T>(make: (written: string) => T): Parameter<Of<T>> {
  return {
    read: ({ value }: CompiledArgument) => {
      const { get, constant } = value();
      if (constant !== undefined) {
        const made = atStart(() => make(textOf(constant.value)));
        return () => made;
      }
      let last: { readonly written: string; readonly made: T } | undefined;
      return (context) => {
        const written = textOf(get(context));
        if (last?.written !== written) last = { written, made: make(written) };
        return last.made;
      };
    },
  };
}

/** A regular expression, which a path or converter can also provide. */
export const pattern: Parameter<Of<Pattern>> = fromText((written) => compilePattern(written));

/**
 * A glob of the editors `replace_match` and `replace_all_matches`. The function returns whether a whole text matches.
 */
export const glob: Parameter<Of<(text: string) => boolean>> = fromText((written) => {
  const { regex } = compilePattern(globPattern(written), RE2JS.DOTALL);
  return (text) => regex.matches(text);
});
