/** Converts case like Go: character by character, each to one character. */
export function lowerCase(text: string): string {
  return Array.from(text, (character) => [...character.toLowerCase()][0]!).join('');
}

/** Returns a text in upper case, rune by rune as Go does: `ß` stays. */
export function upperCase(text: string): string {
  return Array.from(text, (character) => {
    const upper = [...character.toUpperCase()];
    return upper.length === 1 ? upper[0]! : character;
  }).join('');
}

const isUpper = (character: string | undefined) => character !== undefined && character >= 'A' && character <= 'Z';
const isLower = (character: string | undefined) => character !== undefined && character >= 'a' && character <= 'z';
const isDigit = (character: string | undefined) => character !== undefined && character >= '0' && character <= '9';

/** `fooBar2 baz` becomes `foo_bar_2_baz`. Only ASCII letters and digits separate words. */
export function snakeCase(text: string): string {
  const characters = [...text.trim()];
  let snake = '';
  for (const [index, character] of characters.entries()) {
    const [previous, next] = [characters[index - 1], characters[index + 1]];
    if (/^[ _.-]$/.test(character)) {
      snake += '_';
      continue;
    }
    const isAcronymEnd = isUpper(character) && isLower(next) && isUpper(previous);
    const isWordEnd =
      (isLower(character) && (isUpper(next) || isDigit(next))) ||
      (isDigit(character) && (isUpper(next) || isLower(next))) ||
      (isUpper(character) && isDigit(next));
    snake +=
      (isAcronymEnd ? '_' : '') + (isUpper(character) ? character.toLowerCase() : character) + (isWordEnd ? '_' : '');
  }
  return snake;
}

/** Converts `foo_bar` to `FooBar`. Keeps only ASCII letters and digits. */
export function camelCase(text: string): string {
  let camel = '';
  let startsWord = true;
  let isAfterUpper = false;
  for (const character of text.trim()) {
    if (isUpper(character) || isLower(character)) {
      // An upper-case letter starts a word only after a lower-case letter.
      camel += startsWord ? character.toUpperCase() : isAfterUpper ? character.toLowerCase() : character;
      startsWord = false;
    } else if (isDigit(character)) {
      camel += character;
      startsWord = true;
    } else {
      startsWord = /^[_ .-]$/.test(character);
    }
    isAfterUpper = isUpper(character);
  }
  return camel;
}
