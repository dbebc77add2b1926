/** A parsed URL, with what each request to it needs. */
export interface RequestTarget {
  readonly url: URL;
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  /** The URL for messages, without its password. */
  readonly shown: string;
  /** `user:password@` of the URL as a header. */
  readonly authorization: string | undefined;
}

/** Parses a URL. @throws TypeError if it is not a URL */
export function targetOf(text: string): RequestTarget {
  return targetOfUrl(new URL(text));
}

/** Returns the target of a parsed URL. */
export function targetOfUrl(url: URL): RequestTarget {
  const { origin, pathname, search, href } = url;
  return { url, origin, path: pathname + search, shown: withoutPassword(href), authorization: credentialsOf(url) };
}

function credentialsOf({ username, password }: URL): string | undefined {
  if (username === '') return undefined;
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

/** Returns a URL for messages. */
export function withoutPassword(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.password === '') return text;
  url.password = 'xxxxx';
  return url.href;
}
