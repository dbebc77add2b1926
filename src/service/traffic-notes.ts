import { airflowVariables } from '#airflow/versions.ts';
import type { Clock, Logger } from '#component/component.ts';
import type { ServiceViews } from '#component/views/service-views.ts';
import { addressesOf, nextSteps } from './addresses.ts';

/** Time between checks, ms. */
const checkMs = 1_000;
/** Time without a data point after which the log lists the settings that Airflow needs, ms. */
const silenceMs = 60_000;
const intervalMs = 30_000;

interface Options {
  readonly views: ServiceViews;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Logs the next steps for an operator: the addresses, the first data points, the first scrape, and, if no data points
 * arrive, the variables that Airflow needs. Checks once per second until both have happened, so that it adds no work to
 * requests.
 */
export class TrafficNotes {
  readonly #options: Options;
  readonly #startedMs: number;
  #announced = '';
  #timer: NodeJS.Timeout | undefined;
  #hasData = false;
  #hasScrape = false;
  #isSilenceLogged = false;

  constructor(options: Options) {
    this.#options = options;
    this.#startedMs = options.clock.monotonic();
  }

  /** Logs the addresses if they have changed, and starts to check for traffic. */
  announce(): void {
    const { logger } = this.#options;
    const addresses = addressesOf(this.#listeners());
    const text = nextSteps(addresses);
    if (text !== '' && text !== this.#announced) {
      logger.info(text);
      if (addresses.openPorts.length > 0) {
        logger.info('Every host that reaches these ports can send OTLP: they have no authentication', {
          ports: addresses.openPorts.map(Number),
        });
      }
    }
    this.#announced = text;
    if (this.#timer === undefined && !this.#isDone()) this.#timer = setInterval(() => this.check(), checkMs).unref();
  }

  /** Logs what has happened since the last check. */
  check(): void {
    if (!this.#hasData) this.#checkData();
    if (!this.#hasScrape) this.#checkScrapes();
    if (this.#isDone()) this.stop();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #isDone(): boolean {
    return this.#hasData && this.#hasScrape;
  }

  #checkData(): void {
    const { views, logger } = this.#options;
    const clients = views.components().flatMap((component) => component.views.clients ?? []);
    if (clients.some(({ requests }) => requests > 0)) {
      this.#hasData = true;
      const source = clients.flatMap((view) => view.sources(1))[0];
      logger.info('The first data points have arrived', {
        ...(source && { client: source.address, job: source.job, user_agent: source.userAgent }),
      });
    } else if (!this.#isSilenceLogged && clients.length > 0) {
      this.#checkSilence();
    }
  }

  #checkSilence(): void {
    const { clock, logger } = this.#options;
    if (clock.monotonic() - this.#startedMs < silenceMs) return;
    this.#isSilenceLogged = true;
    const port = Number(/:(\d+)$/.exec(addressesOf(this.#listeners()).otlpHttp[0] ?? '')?.[1] ?? 4318);
    const variables = Object.entries(airflowVariables({ host: '<host>', port, intervalMs }));
    const text = variables.map(([name, value]) => `${name}=${value}`).join(' ');
    logger.info(
      `No data points have arrived for 60 s. Every process of Airflow needs these variables, with the name of this host: ${text}`,
    );
  }

  #checkScrapes(): void {
    const { views, logger } = this.#options;
    const scrapes = views.components().flatMap((component) => component.views.scrapes?.().recent ?? []);
    const scrape = scrapes.find(({ isScraper, outcome }) => isScraper && outcome === 'sent');
    if (!scrape) return;
    this.#hasScrape = true;
    const { address, userAgent, bytes } = scrape;
    logger.info('A scraper has read the metrics for the first time', { client: address, user_agent: userAgent, bytes });
  }

  #listeners() {
    return this.#options.views.components().flatMap((component) => component.views.listeners?.() ?? []);
  }
}
