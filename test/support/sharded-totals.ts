import { setTimeout as after } from 'node:timers/promises';
import { accumulation, Bridge } from './bridge.ts';
import { deliver } from './otlp-client.ts';
import type { Recording } from './recording.ts';
import type { ShardedPitot } from './sharded-pitot.ts';
import { countedSeries, readTextExposition, seriesKey, type TextSample } from './text-exposition.ts';

/** Returns the totals that a single process shows after a recording, by series. */
export async function totalsOfOne(recording: Recording): Promise<ReadonlyMap<string, number>> {
  const bridge = await Bridge.start({ prometheus: { accumulation } });
  try {
    await deliver(bridge.ports.http, recording.requests);
    return rounded(countedSeries(readTextExposition((await bridge.scrape()).body)));
  } finally {
    await bridge.stop();
  }
}

/** `sum without (pod) (…)` of counters and histograms. */
export function summed(samples: readonly TextSample[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { name, type, labels, value } of samples) {
    if (type !== 'counter' && type !== 'histogram') continue;
    const key = seriesKey(name, labels);
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  return rounded(sums);
}

/** Series of gauges and up-down counters that more than one pod shows. */
export function levelsOnSeveralPods(samples: readonly TextSample[]): string[] {
  const levels = samples.filter(({ name, type }) => type === 'gauge' && name !== 'target_info');
  const keys = levels.map(({ name, labels }) => seriesKey(name, labels));
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}

/** Returns the samples when they equal the truth, or when they no longer change. */
export async function settled(pitot: ShardedPitot, truth: ReadonlyMap<string, number>): Promise<TextSample[]> {
  const end = Date.now() + 30_000;
  for (;;) {
    const samples = await pitot.samples();
    const sums = summed(samples);
    if ([...truth].every(([key, value]) => sums.get(key) === value) || Date.now() > end) return samples;
    await after(100);
  }
}

/** Sums of histograms are fractions, and depend on the order of additions in their last digits. */
function rounded(sums: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...sums].map(([key, value]) => [key, Math.round(value * 1e6) / 1e6]));
}
