import type { Attributes } from '#pdata/attributes.ts';
import type { Metric, Resource } from '#pdata/metrics.ts';
import { HashRing } from './hash-ring.ts';
import { type PreviousRing, RingHistory } from './ring-history.ts';
import { type SeriesKeySettings, type SeriesPosition, seriesPosition } from './series-position.ts';

/** Settings and dependencies of {@link OwnShare}. */
export interface OwnShareOptions extends SeriesKeySettings {
  /** This process's endpoint on the ring. */
  readonly self: string;
  readonly endpoints: readonly string[];
  /** Previous rings with the times of their changes, from the configuration. */
  readonly previous: readonly PreviousRing[];
}

/** The rings that a process has had, for storage. */
export interface StoredRings {
  readonly endpoints: readonly string[];
  /** Those of the configuration, and those that the configuration does not name any more. */
  readonly previous: readonly PreviousRing[];
}

/** Maximum number of previous rings to store. Older ones are discarded. */
const maxStoredRings = 16;

/** The share of a sharded pitot's series that this process owns, and since when. */
export class OwnShare {
  readonly #options: OwnShareOptions;
  readonly #position: SeriesPosition;
  #history: RingHistory;
  /** Previous rings that the configuration does not name. */
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
    return { endpoints: this.#history.current.endpoints, previous: [...this.#options.previous, ...this.#local] };
  }

  /**
   * Continues the history of the stored rings. If the latest of them is neither the current one nor in the configuration, it ends now. If
   * the configuration does not name a previous ring any more, its streams move now. Returns what happens now.
   */
  continue({ endpoints, previous }: StoredRings, nowUnixNano: bigint): { hasChanged: boolean; hasForgotten: boolean } {
    const isConfigured = (ring: readonly string[]) =>
      this.#options.previous.some((one) => new HashRing(one.endpoints).hasSameEndpoints(ring));
    const hasChanged = !this.#history.current.hasSameEndpoints(endpoints) && !isConfigured(endpoints);
    const ended = previous.filter((ring) => !isConfigured(ring.endpoints));
    const latest = { endpoints, untilUnixNano: nowUnixNano, movedUnixNano: nowUnixNano };
    const local = ended.map((ring) => ({ ...ring, movedUnixNano: ring.movedUnixNano ?? nowUnixNano }));
    this.#local = (hasChanged ? [...local, latest] : local).slice(-maxStoredRings);
    this.#history = this.#createHistory();
    return { hasChanged, hasForgotten: ended.some(({ movedUnixNano }) => movedUnixNano === undefined) };
  }

  positionOf(resource: Resource, metric: Metric, attributes: Attributes): number {
    return this.#position({ resource, metric }, { attributes });
  }

  /** See {@link RingHistory.gainedAt}. */
  gainedAt(position: number, startUnixNano: bigint): bigint | undefined {
    return this.#history.gainedAt(position, startUnixNano, this.#options.self);
  }

  /** Returns whether the current ring, which is effective now or later, gives a series to this process. */
  isOnCurrentRing(position: number): boolean {
    return this.#history.current.ownerOf(position) === this.#options.self;
  }

  /** Returns whether this process owns a series now. */
  isOwned(position: number, nowUnixNano: bigint): boolean {
    return this.#history.ownerOf(position, nowUnixNano) === this.#options.self;
  }

  #createHistory(): RingHistory {
    return new RingHistory(this.#options.endpoints, [...this.#options.previous, ...this.#local]);
  }
}
