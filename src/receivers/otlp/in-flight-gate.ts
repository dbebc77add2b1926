import type { ComponentSettings, Host } from '#component/component.ts';
import { defaultInFlightLimit, type InFlightBudget, type InFlightRequest, inFlight } from '#flow/in-flight.ts';
import type { BodyDeadlines } from './body-deadlines.ts';

/** Time without a refusal after which a receiver is ready again, ms. */
const calmMs = 2_000;

/**
 * Admits the requests of one receiver to the budget of the process. While it refuses some, the receiver reports that it
 * is not ready, so that Kubernetes sends no further ones.
 */
export class InFlightGate {
  /** Maximum bytes of all requests of the process. */
  readonly limit: number;
  /** Watches bodies while they arrive. Undefined if a body may take any time. */
  readonly deadlines: BodyDeadlines | undefined;
  readonly #settings: ComponentSettings;
  readonly #host: Host;
  readonly #budget: InFlightBudget;
  #timer: NodeJS.Timeout | undefined;

  /** `limit`: 0 selects the default of this machine. `budget` defaults to that of the process. */
  constructor({
    limit,
    settings,
    host,
    budget = inFlight,
    deadlines,
  }: {
    limit: number;
    settings: ComponentSettings;
    host: Host;
    budget?: InFlightBudget;
    deadlines?: BodyDeadlines;
  }) {
    this.deadlines = deadlines;
    this.#budget = budget;
    this.limit = limit > 0 ? limit : defaultInFlightLimit();
    this.#settings = settings;
    this.#host = host;
    settings.metrics.gauge(
      'pitot_receiver_in_flight_bytes',
      'Number of bytes that requests in flight use in this process.',
      { receiver: settings.id },
      () => budget.bytes,
    );
  }

  /** Begins a request. `evict`: see InFlightBudget. */
  readonly open = (evict: () => void): InFlightRequest => this.#budget.open(this.limit, evict);

  /** Call when a request was refused or evicted. */
  refused(): void {
    const { id, logger } = this.#settings;
    if (this.#timer === undefined) {
      logger.warn('Too many bytes of requests are in flight; refusing requests until some are done', {
        in_flight_bytes: this.#budget.bytes,
        setting: `receivers::${id}::limits::in_flight_bytes`,
        limit: this.limit,
      });
      this.#host.reportStatus?.(id, new Error('too many bytes of requests are in flight'));
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#calm();
      logger.info('Accepting all requests again');
    }, calmMs).unref();
  }

  /** Stops watching and withdraws the report. */
  close(): void {
    this.deadlines?.close();
    this.#calm();
  }

  #calm(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#host.reportStatus?.(this.#settings.id, undefined);
  }
}
