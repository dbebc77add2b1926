/** An object that can be closed forcibly: a socket or an HTTP/2 session. */
interface Connection {
  destroy(): void;
}

/** State of a connection before its first request. */
const unused = -1;

/**
 * The open connections of a listener, longest idle first. Keeps no more than `limit` (0: no limit): a further
 * connection replaces the one that has been idle longest, so that idle clients cannot lock out others.
 */
export class Connections {
  readonly #limit: number;
  readonly #onEvicted: () => void;
  #draining = false;
  /** Insertion order is the order of last use. The value is the number of running requests, or `unused`. */
  readonly #open = new Map<Connection, number>();

  /** `onEvicted` is called for each connection that is closed because of `limit`. */
  constructor(limit: number, onEvicted: () => void = () => undefined) {
    this.#limit = limit;
    this.#onEvicted = onEvicted;
  }

  get size(): number {
    return this.#open.size;
  }

  opened(connection: Connection): void {
    if (this.#limit > 0 && this.#open.size >= this.#limit) {
      const [silent] = this.#open.keys();
      if (silent) {
        this.#open.delete(silent);
        this.#onEvicted();
        silent.destroy();
      }
    }
    this.#open.set(connection, unused);
  }

  closed(connection: Connection): void {
    this.#open.delete(connection);
  }

  /** Returns the number of running requests of the connection, with this one. */
  requestBegan(connection: Connection): number {
    const before = this.#open.get(connection);
    if (before === undefined) return 1;
    const running = before === unused ? 1 : before + 1;
    this.#open.delete(connection);
    this.#open.set(connection, running);
    return running;
  }

  requestEnded(connection: Connection): void {
    const running = this.#open.get(connection);
    if (running === undefined) return;
    if (this.#draining && running <= 1) connection.destroy();
    else this.#open.set(connection, running - 1);
  }

  /** Closes connections without running requests, and from now on each other connection when its last request ends. */
  drain(): void {
    this.#draining = true;
    for (const [connection, running] of this.#open) {
      if (running <= 0) connection.destroy();
    }
  }

  destroyAll(): void {
    for (const connection of this.#open.keys()) connection.destroy();
  }
}
