import type { ServerHttp2Session } from 'node:http2';

/** Time limits of a connection in milliseconds, 0 for none. */
export interface SessionTimes {
  readonly maxConnectionIdle: number;
  readonly maxConnectionAge: number;
  readonly maxConnectionAgeGrace: number;
  /** Time between pings. */
  readonly time: number;
  /** Time limit for the response to a ping. */
  readonly timeout: number;
}

/** Random variation of `max_connection_age`, so that not all clients reconnect at the same moment. */
const jitter = 0.1;

/** Closes one connection when it is idle, old, or dead, according to its keepalive settings. */
export class SessionLifetime {
  readonly #session: ServerHttp2Session;
  readonly #times: SessionTimes;
  readonly #timers = new Set<NodeJS.Timeout>();
  #idle: NodeJS.Timeout | undefined;
  #calls = 0;

  constructor(session: ServerHttp2Session, times: SessionTimes) {
    this.#session = session;
    this.#times = times;
    session.once('close', () => {
      for (const timer of this.#timers) clearTimeout(timer);
      clearTimeout(this.#idle);
    });
    if (times.maxConnectionAge > 0) this.#scheduleAge();
    this.#schedulePing();
    this.#scheduleIdle();
  }

  callBegan(): void {
    this.#calls += 1;
    clearTimeout(this.#idle);
  }

  callEnded(): void {
    this.#calls -= 1;
    if (this.#calls === 0) this.#scheduleIdle();
  }

  #scheduleIdle(): void {
    const { maxConnectionIdle } = this.#times;
    if (maxConnectionIdle > 0 && !this.#session.destroyed) {
      this.#idle = setTimeout(() => this.#session.close(), maxConnectionIdle).unref();
    }
  }

  #scheduleAge(): void {
    const { maxConnectionAge, maxConnectionAgeGrace } = this.#times;
    const age = maxConnectionAge * (1 + (Math.random() * 2 - 1) * jitter);
    this.#after(age, () => {
      this.#session.close();
      if (maxConnectionAgeGrace > 0) this.#after(maxConnectionAgeGrace, () => this.#session.destroy());
    });
  }

  #schedulePing(): void {
    const { time, timeout } = this.#times;
    this.#after(time, () => {
      const dead = this.#after(timeout, () => this.#session.destroy());
      const isSent = this.#session.ping(() => {
        clearTimeout(dead);
        this.#timers.delete(dead);
        if (!this.#session.destroyed) this.#schedulePing();
      });
      if (!isSent) this.#session.destroy();
    });
  }

  #after(milliseconds: number, act: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#session.destroyed) act();
    }, milliseconds).unref();
    this.#timers.add(timer);
    return timer;
  }
}
