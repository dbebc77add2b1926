import { afterEach, describe, expect, test } from 'vitest';
import { RingHistory } from '#sharding/ring-history.ts';
import { seriesPosition } from '#sharding/series-position.ts';
import { Random } from '../../../test/fuzz/random.ts';
import { type AccumulatedOutput, accumulatedOutput, epoch, from } from '../../../test/support/accumulated-output.ts';
import { ManualClock, testSettings } from '../../../test/support/component-settings.ts';
import { MemoryStorage } from '../../../test/support/memory-storage.ts';
import { attributes, counter, number } from '../../../test/support/pdata.ts';

/*
 * A sharded pitot with a known truth: processes with counters in several series export to the owner of each stream,
 * while the number of pods changes. Times in s after the state start.
 */

const outputs: AccumulatedOutput[] = [];
afterEach(async () => {
  for (const output of outputs.splice(0)) await output.stop();
});

const nano = (seconds: number) => epoch + BigInt(Math.round(seconds * 1e9)) + 1n;
const podsOf = (count: number) => Array.from({ length: count }, (_, pod) => `pitot-${pod}:14317`);
const settings = {
  processAttributes: ['service.instance.id'],
  translationStrategy: 'UnderscoreEscapingWithSuffixes',
} as const;

interface Change {
  readonly atSeconds: number;
  readonly pods: number;
  /** Whether the configuration stops listing previous rings. */
  readonly forgets?: boolean;
}

interface Sender {
  readonly name: string;
  readonly startSeconds: number;
  /** Forks have the nanoseconds of their parent. */
  readonly startNano: number;
  /** How far the process's clock is ahead. */
  readonly skewSeconds: number;
}

class Sharded {
  readonly #volumes = new Map<string, MemoryStorage>();
  readonly #isKnown: boolean;
  readonly #position = seriesPosition(settings);
  readonly #pods = new Map<string, AccumulatedOutput>();
  /** Totals of removed pods. */
  #last: [pod: string, totals: Record<string, number>][] = [];
  #rings: { endpoints: string[]; untilUnixNano: bigint }[] = [];
  #history = new RingHistory([], []);

  /** `isKnown`: whether the configuration names previous rings. */
  constructor(isKnown: boolean) {
    this.#isKnown = isKnown;
  }

  async scale({ atSeconds, pods, forgets }: Change): Promise<void> {
    const endpoints = this.#history.current.endpoints;
    if (forgets) this.#rings = [];
    else if (endpoints.length > 0) this.#rings.push({ endpoints: [...endpoints], untilUnixNano: nano(atSeconds) });
    const previous = this.#isKnown ? this.#rings : [];
    this.#history = new RingHistory(podsOf(pods), previous);
    const running = [...this.#history.endpoints];
    for (const [pod, output] of this.#pods) {
      await output.stop();
      if (running.includes(pod)) continue;
      this.#last.push([pod, totalsOf(output)]);
      // Without known times, a pod that comes back must begin with an empty store.
      if (!this.#isKnown) this.#volumes.delete(pod);
    }
    this.#pods.clear();
    const unixMs = Number(epoch / 1_000_000n) + atSeconds * 1_000;
    for (const self of running) {
      const output = await accumulatedOutput({
        storage: this.#volumeOf(self),
        settings: testSettings('prometheus', new ManualClock(unixMs)),
        sharding: { ...settings, self, endpoints: podsOf(pods), previous },
      });
      outputs.push(output);
      if (this.#isKnown) this.#last = this.#last.filter(([pod]) => pod !== self);
      this.#pods.set(self, output);
    }
  }

  export(process: Sender, series: string, value: number, atSeconds: number) {
    const startTimeUnixNano = nano(process.startSeconds + process.skewSeconds) + BigInt(process.startNano);
    const point = number(BigInt(value), {
      startTimeUnixNano,
      timeUnixNano: nano(atSeconds + process.skewSeconds),
      attributes: attributes({ series }),
    });
    const metric = counter('c', point);
    const request = from(process.name, metric);
    const position = this.#position({ resource: request.resourceMetrics[0]!.resource, metric }, point);
    const output = this.#pods.get(this.#history.ownerOf(position, startTimeUnixNano)!)!;
    output.settings.clock.unixMs = Number(epoch / 1_000_000n) + atSeconds * 1_000;
    // Not durable yet: a stopping pod writes it.
    output.store.append(request)?.catch(() => {});
  }

  #volumeOf(pod: string): MemoryStorage {
    const volume = this.#volumes.get(pod) ?? new MemoryStorage();
    this.#volumes.set(pod, volume);
    return volume;
  }

  /** Totals of all pods, by series. */
  get totals(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const totals of [...this.#last.map(([, totals]) => totals), ...[...this.#pods.values()].map(totalsOf)]) {
      for (const [series, value] of Object.entries(totals)) sums[series] = (sums[series] ?? 0) + value;
    }
    return sums;
  }
}

function totalsOf(output: AccumulatedOutput): Record<string, number> {
  const samples = output.totals().map((line) => /series="(.*?)"\} (.*)$/.exec(line)!);
  return Object.fromEntries(samples.map(([, series, value]) => [series, Number(value)]));
}

/** Runs random processes through the changes. Returns the truth, the totals, and what moving processes counted in one interval. */
async function run(
  seed: number,
  changes: readonly Change[],
  isKnown: boolean,
  { maxSkewSeconds = 0, hasForks = false } = {},
) {
  const random = new Random(seed);
  const sharded = new Sharded(isKnown);
  const intervalSeconds = 30;
  const truth: Record<string, number> = {};
  const perInterval: Record<string, number> = {};
  let parentStart = 0;
  const processes = Array.from({ length: 12 }, (_, index) => {
    const isFork = hasForks && index % 2 === 1;
    const startSeconds = isFork ? parentStart : random.below(700);
    parentStart = startSeconds;
    const skewSeconds = maxSkewSeconds === 0 || isFork ? 0 : -random.below(maxSkewSeconds);
    const endSeconds = startSeconds + 10 + random.below(600);
    const startNano = isFork ? index - 1 : index;
    return { name: `p${index}`, startSeconds, startNano, skewSeconds, endSeconds, values: new Map() };
  });
  const times = processes.flatMap((process) => {
    const exports: { process: typeof process; at: number }[] = [];
    for (let at = process.startSeconds + intervalSeconds; at < process.endSeconds; at += intervalSeconds)
      exports.push({ process, at });
    return [...exports, { process, at: process.endSeconds }];
  });
  times.sort((a, b) => a.at - b.at);
  const left = [...changes];
  for (const { process, at } of times) {
    while (left[0] && left[0].atSeconds <= at) await sharded.scale(left.shift()!);
    for (let series = 0; series < 8; series++) {
      if ((series + process.startSeconds) % 3 === 0) continue;
      const name = `s${series}`;
      const grown = random.below(20);
      const value = (process.values.get(name) ?? 0) + grown;
      process.values.set(name, value);
      truth[name] = (truth[name] ?? 0) + grown;
      perInterval[name] = Math.max(perInterval[name] ?? 0, grown);
      sharded.export(process, name, value, at);
      if (random.below(4) === 0) sharded.export(process, name, value, at);
    }
  }
  return { truth, totals: sharded.totals, perInterval, processes: processes.length };
}

const initial = { atSeconds: 0, pods: 3 };
const seeds = Array.from({ length: 5 }, (_, seed) => seed + 1);

/** What is missing from totals that never exceed the truth, and miss at most one interval of each process and change. */
function missingOf(
  { truth, totals, perInterval, processes }: Awaited<ReturnType<typeof run>>,
  changes: number,
): number {
  let missing = 0;
  for (const [series, value] of Object.entries(truth)) {
    const total = totals[series] ?? 0;
    expect(total).toBeLessThanOrEqual(value);
    expect(total).toBeGreaterThanOrEqual(value - perInterval[series]! * processes * changes);
    missing += value - total;
  }
  return missing;
}

describe('totals of all pods together', () => {
  test.each([
    ['pods are added', [4, 6]],
    ['a pod is removed', [2]],
    ['a pod is removed, added, and removed again', [2, 3, 2]],
    ['all pods but one are removed', [1]],
  ])('equal the truth while %s at known times', async (_, pods) => {
    for (const seed of seeds) {
      const changes = pods.map((count, change) => ({ atSeconds: 205 + 200 * change, pods: count }));
      const { truth, totals } = await run(seed, [initial, ...changes], true);
      expect(totals, `seed ${seed}`).toEqual(truth);
    }
  });

  test.each([
    ['forks', { hasForks: true }],
    ['clocks that are up to two hours behind', { maxSkewSeconds: 7_200 }],
  ])('equal those of a single pod with %s, while pods are added and removed', async (_, senders) => {
    for (const seed of seeds) {
      const changes = [4, 2, 5].map((pods, change) => ({ atSeconds: 205 + 200 * change, pods }));
      const { totals } = await run(seed, [initial, ...changes], true, senders);
      const single = await run(seed, [{ atSeconds: 0, pods: 1 }], true, senders);
      expect(totals, `seed ${seed}`).toEqual(single.totals);
    }
  });

  test('equal the truth while all pods restart', async () => {
    for (const seed of seeds) {
      const changes = [initial, { atSeconds: 305, pods: 3 }, { atSeconds: 605, pods: 3 }];
      const { truth, totals } = await run(seed, changes, false);
      expect(totals, `seed ${seed}`).toEqual(truth);
    }
  });

  test.each([
    ['a pod is removed', [3]],
    ['pods are added', [6]],
    ['a pod is added, removed, and added again', [5, 3, 5]],
  ])('never exceed the truth, and miss at most one interval, when %s at unknown times', async (_, pods) => {
    let missing = 0;
    for (const seed of seeds) {
      const changes = pods.map((count, change) => ({ atSeconds: 200 * (change + 1) + 5, pods: count }));
      missing += missingOf(await run(seed, [{ ...initial, pods: 4 }, ...changes], false), pods.length);
    }
    expect(missing).toBeGreaterThan(0);
  });

  test.each([
    ['added', 4],
    ['removed', 2],
  ])(
    'never exceed the truth when the ring before a pod was %s is listed no longer, while older processes run',
    async (_, pods) => {
      let missing = 0;
      for (const seed of seeds) {
        const changes = [initial, { atSeconds: 305, pods }, { atSeconds: 485, pods, forgets: true }];
        missing += missingOf(await run(seed, changes, true), 1);
      }
      expect(missing).toBeGreaterThan(0);
    },
  );

  test('equal the truth when previous rings are listed as long as older processes run', async () => {
    for (const seed of seeds) {
      const changes = [initial, { atSeconds: 305, pods: 2 }, { atSeconds: 925, pods: 2, forgets: true }];
      const { truth, totals } = await run(seed, changes, true);
      expect(totals, `seed ${seed}`).toEqual(truth);
    }
  });
});

test('a pod counts the streams that stay with it because of a previous ring, until they expire', async () => {
  const self = 'pitot-1:14317';
  const position = seriesPosition(settings);
  const output = await accumulatedOutput({
    sharding: {
      ...settings,
      self,
      endpoints: podsOf(1),
      previous: [{ endpoints: podsOf(2), untilUnixNano: nano(3_600) }],
    },
  });
  outputs.push(output);
  const seriesOf = (owner: string) => {
    const history = new RingHistory(podsOf(2), []);
    for (let series = 0; ; series++) {
      const point = number(5n, {
        startTimeUnixNano: nano(5),
        timeUnixNano: nano(9),
        attributes: attributes({ series }),
      });
      const request = from('p1', counter('c', point));
      const [{ resource, scopeMetrics }] = request.resourceMetrics as [(typeof request.resourceMetrics)[0]];
      const metric = scopeMetrics[0]!.metrics[0]!;
      if (history.current.ownerOf(position({ resource, metric }, point)) === owner) return request;
    }
  };
  const streams = () =>
    output.settings.measured('pitot_accumulation_previous_ring_streams', { exporter: 'prometheus' });
  expect(streams()).toBe(0);
  output.append(seriesOf(self));
  expect(streams()).toBe(1);
  output.settings.clock.advance(2 * 3_600_000);
  output.scrape();
  expect(streams()).toBe(0);
});
