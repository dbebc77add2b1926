import type { Clock, Logger } from '#component/component.ts';
import { formatDuration } from '#go/duration.ts';
import { errorText } from './error-text.ts';

/** Minimum time between two entries about lost data, ms. */
const lossInterval = 10_000;
/** Maximum number of different errors that are logged while the receiver fails. */
const maxErrors = 8;

/** Settings and dependencies of {@link ExportLog}. */
export interface ExportLogOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Advice at the end of entries about lost data. */
  readonly advice: string;
}

/** Items that were given up since the last entry. */
interface Loss {
  items: number;
  loggedAt: number;
}

/**
 * Log of an exporter, with the Collector's texts: one entry when sending begins to fail and for each new error, one when it works again,
 * and at most one every 10 seconds about data that is given up, with the number of items since the last one.
 */
export class ExportLog {
  readonly #options: ExportLogOptions;
  readonly #errors = new Set<string>();
  #failingSince: number | undefined;
  readonly #dropped: Loss = { items: 0, loggedAt: Number.NEGATIVE_INFINITY };
  readonly #rejected: Loss = { items: 0, loggedAt: Number.NEGATIVE_INFINITY };
  #lostWhileFailing = 0;

  constructor(options: ExportLogOptions) {
    this.#options = options;
  }

  /** A request failed and will be sent again after `delayMs`. */
  retrying(error: unknown, delayMs: number): void {
    const text = errorText(error);
    this.#failingSince ??= this.#options.clock.monotonic();
    if (this.#errors.has(text) || this.#errors.size >= maxErrors) return;
    this.#errors.add(text);
    const fields = { error: text, interval: formatDuration(delayMs) };
    this.#options.logger.info('Exporting failed. Will retry the request after interval.', fields);
  }

  succeeded(): void {
    if (this.#failingSince === undefined) return;
    const failed = formatDuration(Math.round(this.#options.clock.monotonic() - this.#failingSince));
    this.#options.logger.info('Exporting works again', { failed_for: failed, dropped_items: this.#lostWhileFailing });
    this.#failingSince = undefined;
    this.#lostWhileFailing = 0;
    this.#errors.clear();
  }

  /** Queued data was given up. `example` names one of the items. */
  dropped(error: unknown, items: number, example: string): void {
    if (this.#failingSince !== undefined) this.#lostWhileFailing += items;
    this.#dropped.items += items;
    this.#lost(this.#dropped, 'Exporting failed. Dropping data.', { error, example, key: 'dropped_items' });
  }

  /** Data was refused to the client. */
  rejected(error: unknown, items: number, example: string): void {
    this.#rejected.items += items;
    this.#lost(this.#rejected, 'Exporting failed. Rejecting data.', { error, example, key: 'rejected_items' });
  }

  /** Logs what is left at shutdown. */
  close(): void {
    const { items } = this.#dropped;
    if (items > 0) this.#options.logger.error('Exporting failed. Dropping data.', { dropped_items: items });
    this.#dropped.items = 0;
  }

  #lost(loss: Loss, title: string, details: { error: unknown; example: string; key: string }): void {
    const { clock, logger, advice } = this.#options;
    const now = clock.monotonic();
    if (now - loss.loggedAt < lossInterval) return;
    const { error, example, key } = details;
    logger.error(title + advice, { error: errorText(error), [key]: loss.items, ...(example !== '' && { example }) });
    loss.items = 0;
    loss.loggedAt = now;
  }
}
