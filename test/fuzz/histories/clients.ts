import { Random } from '../random.ts';

/*
 * Histories of processes that count, with a known truth. The same for every data type: a point has a value, and how it becomes a counter or
 * a histogram is decided by `run-history.ts`.
 */

/** A point in the order in which it arrives. Times in seconds since the Unix epoch; the clock of its process may be wrong. */
export interface Arrival {
  readonly atSeconds: number;
  readonly series: number;
  readonly process: string;
  readonly startSeconds: number;
  readonly timeSeconds: number;
  readonly value: number;
}

export interface History {
  readonly beginSeconds: number;
  readonly arrivals: readonly Arrival[];
  /** True counts according to the delivered points, by series. */
  readonly truth: readonly number[];
}

const hour = 3_600;
export const seriesCount = 3;

/** Random numbers as the histories use them. */
export class Dice {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** Returns a number from `low` to `high`, uniformly distributed. */
  between(low: number, high: number): number {
    return low + (this.#random.below(2 ** 30) / 2 ** 30) * (high - low);
  }

  below(limit: number): number {
    return this.#random.below(limit);
  }

  chance(probability: number): boolean {
    return this.between(0, 1) < probability;
  }

  one<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** Exponentially distributed. */
  wait(perSecond: number): number {
    return -Math.log(1 - this.between(0, 1)) / perSecond;
  }
}

/**
 * Up to 40 processes that live from seconds to hours. Requests are lost, late by hours, and repeated; clocks are wrong by up to half a minute,
 * or by up to three hours.
 */
export function processes(dice: Dice, { hasWrongClocks }: { readonly hasWrongClocks: boolean }): History {
  const beginSeconds = 1_000_000 + dice.between(0, 1);
  const arrivals: Arrival[] = [];
  const truth = new Array<number>(seriesCount).fill(0);
  const count = 3 + dice.below(37);
  for (let i = 0; i < count; i++) {
    const start = beginSeconds + dice.between(0, 6 * hour);
    const skews = [0, 0, 0, dice.between(-30, 30), ...(hasWrongClocks ? [dice.between(-3 * hour, 3 * hour)] : [])];
    const skew = dice.one(skews);
    const life = dice.one([3, 20, 600, 4 * hour]);
    const step = life < 60 ? 10 : 60 * dice.one([1, 5, 90]);
    const series = dice.below(seriesCount);
    let value = 0;
    let best = 0;
    for (let time = start; time < start + life; ) {
      time = Math.min(time + step, start + life);
      value += 1 + dice.below(3);
      if (dice.chance(0.1)) continue;
      best = value;
      const delay = dice.chance(0.95) ? dice.wait(2) : dice.between(0, 2 * hour);
      for (let times = dice.chance(0.2) ? 2 : 1; times > 0; times--) {
        arrivals.push({
          atSeconds: time + delay + dice.between(0, 5),
          series,
          process: `p${i}`,
          startSeconds: start + skew + 1e-7,
          timeSeconds: time + skew,
          value,
        });
      }
    }
    truth[series]! += best;
  }
  return { beginSeconds, arrivals: inOrder(arrivals), truth };
}

/** A process with up to three forked children, each of which exports a copy of its parent's counts. */
export function forkedFamily(dice: Dice): History {
  const beginSeconds = 1_000_000;
  const start = beginSeconds + 5.000123;
  const life = 40;
  const times = (count: number, from: number) =>
    Array.from({ length: count }, () => dice.between(from, life)).sort((a, b) => a - b);
  const countUpTo = (events: readonly number[], time: number) => events.filter((event) => event <= time).length;
  const parentEvents = times(1 + dice.below(11), 0);
  const members = [{ forkedAt: 0, copied: 0, events: parentEvents, exports: times(5, 0) }];
  for (let child = 1 + dice.below(3); child > 0; child--) {
    const forkedAt = dice.between(0, life - 5);
    const copied = countUpTo(parentEvents, forkedAt);
    members.push({ forkedAt, copied, events: times(1 + dice.below(7), forkedAt), exports: times(4, forkedAt) });
  }
  const arrivals: Arrival[] = [];
  const seen = new Set<string>();
  const see = (member: number, events: readonly number[], until: number) => {
    for (const event of events) if (event <= until) seen.add(`${member} ${event}`);
  };
  for (const [member, { forkedAt, copied, events, exports }] of members.entries()) {
    for (const time of exports) {
      if (dice.chance(0.15)) continue;
      see(member, events, time);
      if (member > 0) see(0, parentEvents, forkedAt);
      for (let repeats = dice.chance(0.2) ? 2 : 1; repeats > 0; repeats--) {
        const delay = dice.chance(0.6) ? dice.wait(1) : dice.between(0, 40);
        arrivals.push({
          atSeconds: start + time + delay,
          series: 0,
          process: `p${member}`,
          startSeconds: start,
          timeSeconds: start + time,
          value: copied + countUpTo(events, time),
        });
      }
    }
  }
  return { beginSeconds, arrivals: inOrder(arrivals), truth: [seen.size, 0, 0] };
}

function inOrder(arrivals: Arrival[]): Arrival[] {
  return arrivals.sort((a, b) => a.atSeconds - b.atSeconds);
}
