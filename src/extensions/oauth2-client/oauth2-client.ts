import type { ComponentSettings, Host } from '#component/component.ts';
import type { ClientAuthenticator, HeaderChanges } from '#component/extension.ts';
import { WatchedFile } from '#http/watched-file.ts';
import { HttpClient } from '#http-client/http-client.ts';
import { plainClientConfig } from '#http-client/plain-client-config.ts';
import type { Oauth2ClientConfig } from './config.ts';

/** Lifetime of a token for which the server names none, ms. */
const defaultLifetime = 3_600_000;

interface Token {
  readonly header: string;
  /** Monotonic clock, ms. */
  readonly until: number;
}

/** Adds a token of OAuth 2.0's client credentials grant to outgoing requests, and replaces it before it expires. */
export class Oauth2Client implements ClientAuthenticator {
  readonly #config: Oauth2ClientConfig;
  readonly #settings: ComponentSettings;
  readonly #client: HttpClient;
  #idFile: WatchedFile | undefined;
  #secretFile: WatchedFile | undefined;
  #token: Token | undefined;
  #request: Promise<Token> | undefined;

  constructor(config: Oauth2ClientConfig, settings: ComponentSettings) {
    this.#config = config;
    this.#settings = settings;
    this.#client = new HttpClient(plainClientConfig({ tls: config.tls, timeout: config.timeout }), settings);
  }

  async start(host: Host): Promise<void> {
    const { clientIdFile, clientSecretFile } = this.#config;
    const watch = (path: string) =>
      new WatchedFile(path, { now: () => this.#settings.clock.monotonic(), interval: 1000 });
    if (clientIdFile !== '') this.#idFile = watch(clientIdFile);
    if (clientSecretFile !== '') this.#secretFile = watch(clientSecretFile);
    await this.#client.start(host);
  }

  async shutdown(): Promise<void> {
    await this.#client.close();
  }

  /** @throws Error `failed to get security token from token endpoint: …`; the request is then tried again later */
  async requestHeaders(): Promise<HeaderChanges> {
    if (this.#token === undefined || this.#settings.clock.monotonic() >= this.#token.until) {
      this.#request ??= this.#fetch().finally(() => {
        this.#request = undefined;
      });
      this.#token = await this.#request;
    }
    return new Map([['Authorization', this.#token.header]]);
  }

  async #fetch(): Promise<Token> {
    const { tokenUrl, scopes, endpointParams, clientId, clientSecret, expiryBuffer } = this.#config;
    this.#idFile?.refresh();
    this.#secretFile?.refresh();
    const id = this.#idFile?.text.trim() ?? clientId;
    const secret = this.#secretFile?.text.trim() ?? clientSecret;
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (scopes.length > 0) form.set('scope', scopes.join(' '));
    for (const [name, values] of Object.entries(endpointParams)) for (const value of values) form.append(name, value);
    const credentials = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
    const failed = (reason: string) => new Error(`failed to get security token from token endpoint: ${reason}`);
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const ask = (more: Record<string, string>, fields: URLSearchParams) =>
      this.#client
        .send({ url: tokenUrl, headers: { ...headers, ...more }, body: Buffer.from(fields.toString()) })
        .catch((error: Error) => Promise.reject(failed(error.message)));
    let answer = await ask({ Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }, form);
    if (answer.status === 400 || answer.status === 401) {
      // Some servers accept the credentials only in the body.
      form.set('client_id', id);
      form.set('client_secret', secret);
      answer = await ask({}, form);
    }
    if (answer.status < 200 || answer.status > 299) throw failed(`status ${answer.status}`);
    const { access_token: token, token_type: type, expires_in: seconds } = parsed(answer.body);
    if (typeof token !== 'string' || token === '') throw failed('server response missing access_token');
    const lifetime = Number(seconds) > 0 ? Number(seconds) * 1000 : defaultLifetime;
    const kind = typeof type === 'string' && type.toLowerCase() !== 'bearer' && type !== '' ? type : 'Bearer';
    return {
      header: `${kind} ${token}`,
      until: this.#settings.clock.monotonic() + Math.max(0, lifetime - expiryBuffer),
    };
  }
}

function parsed(body: Buffer): Record<string, unknown> {
  try {
    return Object(JSON.parse(body.toString()));
  } catch {
    return {};
  }
}
