import type { LogFields, Logger } from '#component/component.ts';

/** Logs a message once per key, for a limited number of keys. */
export class LogOnce {
  readonly #logger: Logger;
  readonly #limit: number;
  readonly #logged = new Set<string>();

  constructor(logger: Logger, limit: number) {
    this.#logger = logger;
    this.#limit = limit;
  }

  warn(key: string, message: string, fields: LogFields): void {
    if (this.#logged.has(key) || this.#logged.size >= this.#limit) return;
    this.#logged.add(key);
    this.#logger.warn(message, fields);
  }
}
