/**
 * Returns the parameters of a URL's query as Go's `URL.Query` does: a pair with a semicolon or a broken escape does not count, and `+` is
 * a blank.
 * @param query the query without its `?`
 */
export function queryParameters(query: string): readonly (readonly [name: string, value: string])[] {
  return query.split('&').flatMap((pair) => {
    if (pair === '' || pair.includes(';')) return [];
    const equals = pair.indexOf('=');
    const name = unescaped(equals < 0 ? pair : pair.slice(0, equals));
    const value = unescaped(equals < 0 ? '' : pair.slice(equals + 1));
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
}

function unescaped(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  const bytes = text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  // The target consists of bytes, and so do escapes.
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
