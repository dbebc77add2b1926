import { createHmac, randomBytes } from 'node:crypto';
import type { ComponentSettings } from '#component/component.ts';
import type { ServerAuthenticator } from '#component/extension.ts';
import { readText } from '#http/watched-file.ts';
import { type PasswordCheck, parseHtpasswd } from './htpasswd.ts';

/**
 * Maximum number of accepted credentials to cache, so that a slow hash is computed once per client and not for each
 * request.
 */
const maxRemembered = 1000;

const scheme = 'basic ';

/** Authenticates clients against an htpasswd list. */
export class BasicAuthServer implements ServerAuthenticator {
  readonly #sources: { readonly file: string; readonly inline: string };
  readonly #settings: ComponentSettings;
  #users: ReadonlyMap<string, PasswordCheck> = new Map();
  /** Fingerprints of accepted headers. Their key exists only in this process, so they are worthless elsewhere. */
  readonly #accepted = new Set<string>();
  readonly #key = randomBytes(32);

  constructor(sources: { readonly file: string; readonly inline: string }, settings: ComponentSettings) {
    this.#sources = sources;
    this.#settings = settings;
  }

  async start(): Promise<void> {
    const { file, inline } = this.#sources;
    if (file === '' && inline === '') throw new Error('no credential source provided');
    const { users, ignored } = parseHtpasswd(`${file === '' ? '' : readHtpasswd(file)}\n${inline}`);
    this.#users = users;
    for (const user of ignored) {
      this.#settings.logger.warn('Unsupported password hash; user cannot authenticate', { user });
    }
  }

  async shutdown(): Promise<void> {}

  async authenticate(headers: ReadonlyMap<string, readonly string[]>): Promise<ReadonlyMap<string, string>> {
    const header = headers.get('authorization')?.[0] ?? '';
    if (header === '') throw new Error('no basic auth provided');
    if (header.slice(0, scheme.length).toLowerCase() !== scheme) throw new Error('invalid authorization scheme prefix');
    const encoded = header.slice(scheme.length);
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(encoded)) {
      throw new Error('invalid authorization format');
    }
    const credentials = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = credentials.indexOf(':');
    if (colon < 0) throw new Error('invalid authorization format');
    const username = credentials.slice(0, colon);
    if (!(await this.#matches(username, credentials.slice(colon + 1)))) throw new Error('invalid credentials');
    return new Map([
      ['username', username],
      ['raw', encoded],
    ]);
  }

  async #matches(username: string, password: string): Promise<boolean> {
    const check = this.#users.get(username);
    if (!check) return false;
    const fingerprint = createHmac('sha256', this.#key).update(`${username}:${password}`).digest('base64');
    if (this.#accepted.has(fingerprint)) return true;
    if (!(await check(password))) return false;
    if (this.#accepted.size >= maxRemembered) this.#accepted.clear();
    this.#accepted.add(fingerprint);
    return true;
  }
}

function readHtpasswd(file: string): string {
  try {
    return readText(file);
  } catch (error) {
    throw new Error(`open htpasswd file: ${(error as Error).message}`, { cause: error });
  }
}
