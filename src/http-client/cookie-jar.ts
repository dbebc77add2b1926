/** Maximum number of cookies of a receiver. Further ones are ignored. */
const maxCookies = 100;

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly isSecure: boolean;
  /** Unix time in milliseconds. */
  readonly expires: number;
}

/** Cookies of the hosts that a client sends to, for load balancers that use them to select a receiver. */
export class CookieJar {
  readonly #hosts = new Map<string, Map<string, Cookie>>();
  readonly #now: () => number;

  /** @param now Unix time in milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns the header `Cookie` of a request; `''` for none. */
  header(url: URL): string {
    const cookies = this.#hosts.get(url.hostname);
    if (cookies === undefined) return '';
    const isSent = ({ path, isSecure, expires }: Cookie) =>
      isUnder(url.pathname, path) && (!isSecure || url.protocol === 'https:') && expires > this.#now();
    return [...cookies.values()]
      .filter(isSent)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  /** Keeps the cookies of a response. */
  store(url: URL, headers: readonly string[]): void {
    for (const header of headers) {
      const cookie = parsed(header, url, this.#now());
      if (cookie === undefined) continue;
      let cookies = this.#hosts.get(url.hostname);
      if (cookies === undefined) {
        if (this.#hosts.size >= maxCookies) return;
        cookies = new Map();
        this.#hosts.set(url.hostname, cookies);
      }
      const key = `${cookie.name};${cookie.path}`;
      if (cookies.size >= maxCookies) removeExpired(cookies, this.#now());
      if (cookie.expires <= this.#now()) cookies.delete(key);
      else if (cookies.size < maxCookies || cookies.has(key)) cookies.set(key, cookie);
    }
  }
}

function removeExpired(cookies: Map<string, Cookie>, now: number): void {
  for (const [key, { expires }] of cookies) if (expires <= now) cookies.delete(key);
}

function parsed(header: string, url: URL, now: number): Cookie | undefined {
  const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
  const equals = pair.indexOf('=');
  if (equals <= 0) return undefined;
  const values = new Map(
    attributes.map((attribute) => {
      const [key = '', value = ''] = attribute.split(/=(.*)/s);
      return [key.toLowerCase(), value];
    }),
  );
  const domain = values.get('domain')?.replace(/^\./, '').toLowerCase();
  if (domain && domain !== url.hostname && !url.hostname.endsWith(`.${domain}`)) return undefined;
  const maxAge = values.get('max-age');
  const until = maxAge === undefined ? Date.parse(values.get('expires') ?? '') : now + Number(maxAge) * 1000;
  const path = values.get('path');
  return {
    name: pair.slice(0, equals),
    value: pair.slice(equals + 1),
    path: path?.startsWith('/') ? path : url.pathname.replace(/\/[^/]*$/, '') || '/',
    isSecure: values.has('secure'),
    expires: Number.isNaN(until) ? Number.POSITIVE_INFINITY : until,
  };
}

function isUnder(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
}
