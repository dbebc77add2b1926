import { RE2JS } from 're2js';
import { OttlError } from '../ottl-error.ts';

/**
 * Translates a glob into a regular expression. `*` and `**` match any text, `?` matches one character, `[abc]`, `[a-z]` and
 * `[!abc]` one of several or none of them, `{a,b}` one of the alternatives. A backslash makes the next character literal.
 * @throws OttlError for brackets that do not match
 */
export function globPattern(glob: string): string {
  const characters = [...glob];
  let next = 0;
  const read = (isAlternative: boolean): string => {
    let pattern = '';
    for (; next < characters.length; next++) {
      const character = characters[next]!;
      if (isAlternative && (character === ',' || character === '}')) return pattern;
      if (character === '\\') pattern += RE2JS.quote(characters[++next] ?? fail(glob));
      else if (character === '*') pattern += '.*';
      else if (character === '?') pattern += '.';
      else if (character === '[') pattern += characterClass();
      else if (character === '{') pattern += alternatives();
      else pattern += RE2JS.quote(character);
    }
    if (isAlternative) fail(glob);
    return pattern;
  };
  const alternatives = (): string => {
    const parts: string[] = [];
    do {
      next++;
      parts.push(read(true));
    } while (characters[next] === ',');
    return `(?:${parts.join('|')})`;
  };
  const characterClass = (): string => {
    const end = characters.indexOf(']', next + 2);
    if (end < 0) fail(glob);
    const isNegated = characters[next + 1] === '!';
    const members = characters.slice(next + (isNegated ? 2 : 1), end);
    next = end;
    const isRange = members.length === 3 && members[1] === '-';
    if (members.length === 0 || (isRange && members[0]! > members[2]!)) fail(glob);
    const quoted = members.map((member) => member.replace(/[\\\]^-]/g, '\\$&'));
    return `[${isNegated ? '^' : ''}${isRange ? `${quoted[0]}-${quoted[2]}` : quoted.join('')}]`;
  };
  return read(false);
}

function fail(glob: string): never {
  throw new OttlError(`the pattern ${JSON.stringify(glob)} is not a valid glob`);
}
