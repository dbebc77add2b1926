import type { Component, ComponentSettings } from '#component/component.ts';
import type { ClientAuthenticator } from '#component/extension.ts';
import { WatchedFile } from '#http/watched-file.ts';
import type { BasicAuthConfig } from './config.ts';

/** Adds a user name and a password to outgoing requests. Files take precedence over values. */
export class BasicAuthClient implements Component, ClientAuthenticator {
  readonly #config: NonNullable<BasicAuthConfig['clientAuth']>;
  readonly #settings: ComponentSettings;
  #username: WatchedFile | undefined;
  #password: WatchedFile | undefined;

  constructor(config: NonNullable<BasicAuthConfig['clientAuth']>, settings: ComponentSettings) {
    this.#config = config;
    this.#settings = settings;
  }

  async start(): Promise<void> {
    const { clock } = this.#settings;
    const watch = (path: string) => new WatchedFile(path, { now: () => clock.monotonic(), interval: 1000 });
    if (this.#config.usernameFile !== '') this.#username = watch(this.#config.usernameFile);
    if (this.#config.passwordFile !== '') this.#password = watch(this.#config.passwordFile);
  }

  async shutdown(): Promise<void> {}

  requestHeaders(): ReadonlyMap<string, string> {
    this.#username?.refresh();
    this.#password?.refresh();
    const username = this.#username?.text.trim() ?? this.#config.username;
    const password = this.#password?.text.trim() ?? this.#config.password;
    return new Map([['Authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`]]);
  }
}
