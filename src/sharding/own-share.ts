import type { Attributes } from '#pdata/attributes.ts';
import type { Metric, Resource } from '#pdata/metrics.ts';
import { HashRing } from './hash-ring.ts';
import { type PreviousRing, RingHistory } from './ring-history.ts';
import { type SeriesKeySettings, type SeriesPosition, seriesPosition } from './series-position.ts';

export interface OwnShareOptions extends SeriesKeySettings {
  /** This process's endpoint on the ring. */
  readonly self: string;
  readonly endpoints: readonly string[];
  /** Previous rings with the times of their changes, from the configuration. */
  readonly previous: readonly Omit<PreviousRing, 'isLocal'>[];
}

/** The rings that a process has had, for storage. */
export interface StoredRings {
  readonly endpoints: readonly string[];
  /** Previous rings of which only this process knows the time. */
  readonly previous: readonly Omit<PreviousRing, 'isLocal'>[];
}

/** Maximum number of previous rings to store. Older ones are discarded. */
const maxStoredRings = 16;

/** The share of a sharded pitot's series that this process owns, and since when. */
export class OwnShare {
  readonly #options: OwnShareOptions;
  readonly #position: SeriesPosition;
  #history: RingHistory;
  #local: StoredRings['previous'] = [];

  constructor(options: OwnShareOptions) {
    this.#options = options;
    this.#position = seriesPosition(options);
    this.#history = this.#createHistory();
  }

  /** Whether the configuration says when previous rings ended. */
  get hasPrevious(): boolean {
    return this.#options.previous.length > 0;
  }

  get stored(): StoredRings {
    return { endpoints: this.#history.current.endpoints, previous: this.#local };
  }

  /**
   * Continues the history of the stored rings. If the latest of them is neither the current one nor in the
   * configuration, it ends now. Returns whether it does.
   */
  continue({ endpoints, previous }: StoredRings, nowUnixNano: bigint): boolean {
    const isConfigured = (ring: readonly string[]) =>
      this.#options.previous.some((one) => new HashRing(one.endpoints).hasSameEndpoints(ring));
    const hasChanged = !this.#history.current.hasSameEndpoints(endpoints) && !isConfigured(endpoints);
    const local = hasChanged ? [...previous, { endpoints, untilUnixNano: nowUnixNano }] : previous;
    this.#local = local.filter((one) => !isConfigured(one.endpoints)).slice(-maxStoredRings);
    this.#history = this.#createHistory();
    return hasChanged;
  }

  positionOf(resource: Resource, metric: Metric, attributes: Attributes): number {
    return this.#position({ resource, metric }, { attributes });
  }

  /** See {@link RingHistory.gainedAt}. */
  gainedAt(position: number, startUnixNano: bigint): bigint | undefined {
    return this.#history.gainedAt(position, startUnixNano, this.#options.self);
  }

  /** Returns whether this process owns a series now. */
  isOwned(position: number, nowUnixNano: bigint): boolean {
    return this.#history.ownerOf(position, nowUnixNano) === this.#options.self;
  }

  #createHistory(): RingHistory {
    const { endpoints, previous } = this.#options;
    return new RingHistory(endpoints, [
      ...previous.map((ring) => ({ ...ring, isLocal: false })),
      ...this.#local.map((ring) => ({ ...ring, isLocal: true })),
    ]);
  }
}
