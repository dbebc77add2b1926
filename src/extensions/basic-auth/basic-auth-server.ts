import type { ComponentSettings } from '#component/component.ts';
import { RetryableError } from '#component/errors.ts';
import type { ClientAddress, ServerAuthenticator } from '#component/extension.ts';
import { WatchedFile } from '#http/watched-file.ts';
import type { HtpasswdConfig } from './config.ts';
import { CredentialChecks } from './credential-checks.ts';
import { type PasswordCheck, parseHtpasswd } from './htpasswd.ts';

const scheme = 'basic ';
/** Minimum interval of checks of the file, ms. */
const checkInterval = 1000;

/** Authenticates clients against an htpasswd list. Reads its file again when it changes. */
export class BasicAuthServer implements ServerAuthenticator {
  readonly #config: HtpasswdConfig;
  readonly #settings: ComponentSettings;
  readonly #checks: CredentialChecks;
  #users: ReadonlyMap<string, PasswordCheck> = new Map();
  #file: WatchedFile | undefined;

  constructor(config: HtpasswdConfig, settings: ComponentSettings) {
    this.#config = config;
    this.#settings = settings;
    this.#checks = new CredentialChecks({
      maxFailures: config.maxFailuresPerMinute,
      now: () => settings.clock.monotonic(),
    });
  }

  async start(): Promise<void> {
    const { file, inline } = this.#config;
    if (file === '' && inline === '') throw new Error('no credential source provided');
    if (file !== '') this.#file = openHtpasswd(file, () => this.#settings.clock.monotonic());
    this.#readUsers();
  }

  #readUsers(): void {
    const { users, ignored } = parseHtpasswd(`${this.#file?.text ?? ''}\n${this.#config.inline}`);
    this.#users = users;
    for (const user of ignored) {
      this.#settings.logger.warn('Unsupported password hash; user cannot authenticate', { user });
    }
  }

  async shutdown(): Promise<void> {}

  async authenticate(
    headers: ReadonlyMap<string, readonly string[]>,
    client?: ClientAddress,
  ): Promise<ReadonlyMap<string, string>> {
    if (this.#file?.refresh()) {
      this.#readUsers();
      this.#checks.forget();
    }
    const header = headers.get('authorization')?.[0] ?? '';
    if (header === '') throw new Error('no basic auth provided');
    if (header.slice(0, scheme.length).toLowerCase() !== scheme) throw new Error('invalid authorization scheme prefix');
    const encoded = header.slice(scheme.length);
    if (encoded.length > maxEncodedLength(this.#config.maxCredentialsLength)) throw new Error('invalid credentials');
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(encoded)) {
      throw new Error('invalid authorization format');
    }
    const credentials = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = credentials.indexOf(':');
    if (colon < 0) throw new Error('invalid authorization format');
    const username = credentials.slice(0, colon);
    const password = credentials.slice(colon + 1);
    const check = () => this.#matches(username, password);
    if (!(await this.#checks.accept(credentials, client?.address ?? '', check))) throw new Error('invalid credentials');
    return new Map([
      ['username', username],
      ['raw', encoded],
    ]);
  }

  async #matches(username: string, password: string): Promise<boolean> {
    try {
      return (await this.#users.get(username)?.(password)) ?? false;
    } catch (error) {
      this.#settings.logger.error('Failed to check a password', { user: username, error });
      throw new RetryableError('the password could not be checked', { retryAfterSeconds: 1 });
    }
  }
}

/** Characters of base64 for a number of bytes. */
function maxEncodedLength(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

function openHtpasswd(file: string, now: () => number): WatchedFile {
  try {
    return new WatchedFile(file, { now, interval: checkInterval });
  } catch (error) {
    throw new Error(`open htpasswd file: ${(error as Error).message}`, { cause: error });
  }
}
