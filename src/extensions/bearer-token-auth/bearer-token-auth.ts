import { createHash, timingSafeEqual } from 'node:crypto';
import type { ComponentSettings, Host } from '#component/component.ts';
import type { ClientAuthenticator, ServerAuthenticator } from '#component/extension.ts';
import type { WatchedFile } from '#http/watched-file.ts';
import type { BearerTokenAuthConfig } from './config.ts';
import { openTokenFile } from './token-file.ts';

/**
 * Accepts requests that contain a token, and adds one to outgoing requests. `tokens` take precedence over the file, and
 * the file over `token`.
 */
export class BearerTokenAuth implements ServerAuthenticator, ClientAuthenticator {
  readonly #config: BearerTokenAuthConfig;
  readonly #settings: ComponentSettings;
  #file: WatchedFile | undefined;
  #values: readonly string[] = [];
  readonly #stopped = new AbortController();

  constructor(config: BearerTokenAuthConfig, settings: ComponentSettings) {
    this.#config = config;
    this.#settings = settings;
  }

  /** @throws Error if a token file cannot be read and startup requires it */
  async start(host: Host): Promise<void> {
    const { filename, token, tokens, retryOnFailure, waitForTokenFile } = this.#config;
    const { id, clock, logger } = this.#settings;
    if (tokens.length > 0) {
      this.#accept(tokens);
      return;
    }
    if (filename === '') {
      this.#accept(tokensOf(token));
      return;
    }
    if (token !== '') logger.warn('a filename is specified. Configured token(s) is ignored!');
    const options = { filename, retry: retryOnFailure, logger, now: () => clock.monotonic() };
    const opened = openTokenFile(options, this.#stopped.signal);
    if (!(opened instanceof Promise) || waitForTokenFile) {
      this.#read(await opened);
      return;
    }
    host.reportStatus?.(id, new Error(`token file ${filename} is not readable yet`));
    void opened.then(
      (file) => {
        this.#read(file);
        host.reportStatus?.(id, undefined);
      },
      (error: Error) => {
        if (this.#stopped.signal.aborted) return;
        // Same text as the Collector.
        logger.error('failed to start token resolver', { error });
        host.reportStatus?.(id, error);
      },
    );
  }

  async shutdown(): Promise<void> {
    this.#stopped.abort();
  }

  async authenticate(headers: ReadonlyMap<string, readonly string[]>): Promise<ReadonlyMap<string, string>> {
    const [shown] = headers.get(this.#config.header.toLowerCase()) ?? [];
    if (shown === undefined) throw new Error(`missing or empty authorization header: ${this.#config.header}`);
    if (!isOneOf(this.#current(), shown)) {
      throw new Error('provided authorization does not match expected scheme or token');
    }
    return new Map();
  }

  requestHeaders(): ReadonlyMap<string, string> {
    return new Map([[this.#config.header, this.#current()[0] ?? '']]);
  }

  #read(file: WatchedFile): void {
    this.#file = file;
    this.#accept(tokensOf(file.text));
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

/** Returns the first word of each line. The rest of a line is a comment. */
function tokensOf(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line) => line.trim().split(/\s+/).slice(0, 1))
    .filter((token) => token !== '');
}

/** Compares with all tokens in constant time. A text longer than each of them is not hashed: it may be large. */
function isOneOf(tokens: readonly string[], shown: string): boolean {
  const longest = Math.max(...tokens.map(({ length }) => length), 0);
  if (shown.length > longest) return false;
  const digest = sha256(shown);
  return tokens.filter((token) => timingSafeEqual(sha256(token), digest)).length > 0;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
