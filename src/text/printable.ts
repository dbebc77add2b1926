/**
 * Replaces characters that a terminal or a log viewer would obey or hide: controls, formats such as directions, and lone surrogates. Texts
 * from the network contain them. `keepsLines`: keeps line ends and tabs.
 */
export function printable(text: string, { keepsLines = false }: { readonly keepsLines?: boolean } = {}): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) =>
    keepsLines && (character === '\n' || character === '\t') ? character : '\ufffd',
  );
}
