import { replaceAllGo } from '#go/replacement.ts';
import type { Getter } from '../compile.ts';
import type { OttlContext } from '../context.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { functionName, literalText, mapPlace, type Of, optional, place, text } from '../parameters.ts';
import { type Editors, editor } from './define.ts';
import { changed, mapped } from './map-editors.ts';
import { glob, pattern } from './patterns.ts';

/** The last parameters of all editors in this file. */
const lastParameters = {
  replacement: text,
  function: optional(functionName),
  replacement_format: optional(text),
};

interface Replacing {
  readonly function: ((value: Getter) => Getter) | undefined;
  readonly replacement_format: Of<string> | undefined;
}

/** Applies the function and the format to a replacement. */
function finished(
  replaced: string,
  { function: apply, replacement_format: format }: Replacing,
  context: OttlContext,
): string {
  if (!apply) return replaced;
  const result = apply(() => replaced)(context);
  if (typeof result !== 'string') throw new OttlError('the replacement value must be a string');
  if (!format) return result;
  const template = format(context);
  if (!template.includes('%s') || /%[^s]/s.test(template)) {
    throw new OttlError(
      'replacementFormat must be format string containing a single %s and no other format specifiers',
    );
  }
  return template.replace('%s', () => result);
}

/** Editors that replace texts. */
export const replaceEditors: Editors = {
  replace_pattern: editor({ target: place, regex_pattern: pattern, ...lastParameters }, (args) => {
    const { get, set } = args.target;
    return (context) => {
      const found = get(context);
      if (found === undefined) return;
      const template = args.replacement(context);
      if (typeof found !== 'string') return;
      const compiled = args.regex_pattern(context);
      if (!compiled.matches(found)) return;
      set(context, replaceAllGo(compiled.regex, found, template, finisher(args, context)));
    };
  }),
  replace_all_patterns: editor(
    { target: mapPlace, mode: literalText, regex_pattern: pattern, ...lastParameters },
    (args) => {
      const { mode } = args;
      if (mode !== 'key' && mode !== 'value')
        throw new OttlParseError(`invalid mode ${mode}, must be either 'key' or 'value'`);
      return changed(args.target, (found, context) => {
        const template = args.replacement(context);
        const compiled = args.regex_pattern(context);
        const finish = finisher(args, context);
        return mapped(found, (entry) => {
          const old = mode === 'key' ? entry.key : entry.value;
          if (typeof old !== 'string' || !compiled.matches(old)) return entry;
          const replaced = replaceAllGo(compiled.regex, old, template, finish);
          return mode === 'key' ? { ...entry, key: replaced } : { ...entry, value: replaced };
        });
      });
    },
  ),
  replace_match: editor({ target: place, pattern: glob, ...lastParameters }, (args) => {
    const { get, set } = args.target;
    return (context) => {
      const isMatch = args.pattern(context);
      const found = get(context);
      const replaced = finished(args.replacement(context), args, context);
      if (typeof found === 'string' && isMatch(found)) set(context, replaced);
    };
  }),
  replace_all_matches: editor({ target: mapPlace, pattern: glob, ...lastParameters }, (args) =>
    changed(args.target, (found, context) => {
      const isMatch = args.pattern(context);
      const replaced = finished(args.replacement(context), args, context);
      return mapped(found, (entry) =>
        typeof entry.value === 'string' && isMatch(entry.value) ? { ...entry, value: replaced } : entry,
      );
    }),
  ),
};

function finisher(args: Replacing, context: OttlContext): ((replaced: string) => string) | undefined {
  return args.function ? (replaced) => finished(replaced, args, context) : undefined;
}
