import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { Logger } from '#component/component.ts';
import { timerDelay } from '#component/timer-delay.ts';
import type { OnResolution, Resolver } from './resolver.ts';

/** Settings and dependencies of {@link DnsResolver}. */
export interface DnsResolverOptions {
  readonly hostname: string;
  /** Port of every backend. `''` for the default port of OTLP. */
  readonly port: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly logger: Logger;
  readonly onResolution: OnResolution;
  /** By default, the system's resolver. */
  readonly lookUp?: (hostname: string) => Promise<readonly LookupAddress[]>;
}

/** All addresses of a name, looked up at each interval. A failed lookup changes nothing. */
export class DnsResolver implements Resolver {
  readonly name = 'dns';
  readonly #options: DnsResolverOptions;
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #lastError = '';

  constructor(options: DnsResolverOptions) {
    this.#options = options;
  }

  async start(changed: (endpoints: readonly string[]) => void): Promise<void> {
    await this.#resolve(changed);
    this.#timer = setInterval(() => void this.#resolve(changed), timerDelay(this.#options.intervalMs)).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
  }

  async #resolve(changed: (endpoints: readonly string[]) => void): Promise<void> {
    if (this.#isLooking) return;
    const { hostname, port, logger, onResolution } = this.#options;
    this.#isLooking = true;
    try {
      const addresses = await this.#limited(this.#options.lookUp ?? ((name) => lookup(name, { all: true })));
      onResolution(true);
      this.#lastError = '';
      changed(addresses.map((address) => endpointOf(address, port)));
    } catch (error) {
      onResolution(false);
      const { message } = error as Error;
      // One entry per change of state.
      if (message !== this.#lastError) logger.warn('failed to resolve', { resolver: 'dns', hostname, error: message });
      this.#lastError = message;
    } finally {
      this.#isLooking = false;
    }
  }

  #limited(lookUp: (hostname: string) => Promise<readonly LookupAddress[]>): Promise<readonly LookupAddress[]> {
    const { hostname, timeoutMs } = this.#options;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`lookup ${hostname}: i/o timeout`)), timerDelay(timeoutMs));
    return Promise.race([lookUp(hostname), late.promise]).finally(() => clearTimeout(timer));
  }
}

function endpointOf({ address, family }: LookupAddress, port: string): string {
  const host = family === 6 ? `[${address}]` : address;
  return port === '' ? host : `${host}:${port}`;
}
