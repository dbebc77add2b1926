import { createHash, timingSafeEqual } from 'node:crypto';
import type { ComponentSettings } from '#component/component.ts';
import type { ClientAuthenticator, ServerAuthenticator } from '#component/extension.ts';
import { WatchedFile } from '#http/watched-file.ts';
import type { BearerTokenAuthConfig } from './config.ts';

/** Lets those in who show a token, and shows one to others. `tokens` go before the file, the file before `token`. */
export class BearerTokenAuth implements ServerAuthenticator, ClientAuthenticator {
  readonly #config: BearerTokenAuthConfig;
  readonly #settings: ComponentSettings;
  #file: WatchedFile | undefined;
  #values: readonly string[] = [];

  constructor(config: BearerTokenAuthConfig, settings: ComponentSettings) {
    this.#config = config;
    this.#settings = settings;
  }

  async start(): Promise<void> {
    const { filename, token, tokens } = this.#config;
    const { clock, logger } = this.#settings;
    if (tokens.length > 0) {
      this.#accept(tokens);
      return;
    }
    if (filename === '') {
      this.#accept(tokensOf(token));
      return;
    }
    if (token !== '') logger.warn('a filename is specified. Configured token(s) is ignored!');
    this.#file = new WatchedFile(filename, { now: () => clock.monotonic(), interval: 1000 });
    this.#accept(tokensOf(this.#file.text));
  }

  async shutdown(): Promise<void> {}

  async authenticate(headers: ReadonlyMap<string, readonly string[]>): Promise<ReadonlyMap<string, string>> {
    const [shown] = headers.get(this.#config.header.toLowerCase()) ?? [];
    if (shown === undefined) throw new Error(`missing or empty authorization header: ${this.#config.header}`);
    if (!this.#current().some((value) => isEqual(value, shown))) {
      throw new Error('provided authorization does not match expected scheme or token');
    }
    return new Map();
  }

  requestHeaders(): ReadonlyMap<string, string> {
    return new Map([[this.#config.header, this.#current()[0] ?? '']]);
  }

  #current(): readonly string[] {
    if (this.#file?.refresh()) {
      this.#settings.logger.info('refresh token', { filename: this.#config.filename });
      this.#accept(tokensOf(this.#file.text));
    }
    return this.#values;
  }

  #accept(tokens: readonly string[]): void {
    const { scheme } = this.#config;
    this.#values = scheme === '' ? tokens : tokens.map((token) => `${scheme} ${token}`);
  }
}

/** The first word of each line; the rest of a line is a remark. */
function tokensOf(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line) => line.trim().split(/\s+/).slice(0, 1))
    .filter((token) => token !== '');
}

/** Compares in a time that does not tell where texts differ. */
function isEqual(left: string, right: string): boolean {
  const [a, b] = [left, right].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}
