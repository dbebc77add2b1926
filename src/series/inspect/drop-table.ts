import type { DroppedPointsView } from '#component/views/series-view.ts';
import type { DropReason } from '../outcome.ts';

/** Maximum number of pairs of reason and metric to keep. Further metrics are added up by reason. */
const maxEntries = 1_000;
const others = '(other metrics)';

type Entry = { -readonly [K in keyof DroppedPointsView]: DroppedPointsView[K] };

/** Number of points that were dropped since startup, by reason and metric, with the latest client. */
export class DropTable {
  readonly #entries = new Map<DropReason, Map<string, Entry>>();
  #size = 0;

  add(reason: DropReason, points: number, from: { metric: string; target: string; unixMs: number }): void {
    let ofReason = this.#entries.get(reason);
    if (ofReason === undefined) {
      ofReason = new Map();
      this.#entries.set(reason, ofReason);
    }
    const metric = this.#size < maxEntries || ofReason.has(from.metric) ? from.metric : others;
    const known = ofReason.get(metric);
    if (known !== undefined) {
      known.points += points;
      known.target = from.target;
      known.lastUnixMs = from.unixMs;
      return;
    }
    this.#size += 1;
    const { target, unixMs } = from;
    ofReason.set(metric, { reason, metric, target, points, firstUnixMs: unixMs, lastUnixMs: unixMs });
  }

  /** In no particular order. */
  get entries(): readonly DroppedPointsView[] {
    return [...this.#entries.values()].flatMap((ofReason) => [...ofReason.values()]);
  }
}
