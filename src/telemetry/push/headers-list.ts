/** Parses headers in the form of `OTEL_EXPORTER_OTLP_HEADERS`: `a=b,c=d` with URL-encoded values. */
export function headersList(text: string): { readonly name: string; readonly value: string }[] {
  return text.split(',').flatMap((pair) => {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals).trim();
    return equals < 0 || name === '' ? [] : [{ name, value: decoded(pair.slice(equals + 1).trim()) }];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
