import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { accumulation, Bridge } from '../support/bridge.ts';
import { deliver } from '../support/otlp-client.ts';
import { readRecording, recordingNames } from '../support/recording.ts';

/** Exit statuses of `promtool check metrics`. */
const accepted = 0;
const acceptedWithAdvice = 3;

/** Checks text output with promtool. Returns whether Prometheus accepts it, and promtool's advice, each line once and in order. */
function checked(page: Buffer): { isAccepted: boolean; advice: string[] } {
  const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], { input: page });
  if (error) throw error;
  const advice = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
  return { isAccepted: status === accepted || status === acceptedWithAdvice, advice: [...new Set(advice)].sort() };
}

/**
 * Advice of promtool that also applies to the Collector's output and that pitot does not follow: Airflow's metrics have no description, so there is no
 * help text, and Airflow measures times in milliseconds. Names and units are the client's.
 */
const knownAdvice = /^airflow_\w+ (no help text|use base unit "seconds" instead of "milliseconds")$/;

test.each(recordingNames)(
  'promtool accepts the output of %s, with the same advice as for the Collector',
  async (name) => {
    const recording = readRecording(name);
    const bridge = await Bridge.start();
    try {
      await deliver(bridge.ports.http, recording.requests);
      const { isAccepted, advice } = checked((await bridge.scrape()).body);
      expect(isAccepted).toBe(true);
      expect(advice).toEqual(checked(recording.collectorPage).advice);
      expect(advice.filter((line) => !knownAdvice.test(line))).toEqual([]);
    } finally {
      await bridge.stop();
    }
  },
);

test.each(recordingNames)('promtool accepts the output of %s with accumulation and classic buckets', async (name) => {
  const bridge = await Bridge.start({
    prometheus: { accumulation, classic_buckets: [10, 100, 1_000, 10_000, 100_000] },
  });
  try {
    await deliver(bridge.ports.http, readRecording(name).requests);
    const { isAccepted, advice } = checked((await bridge.scrape()).body);
    expect(isAccepted).toBe(true);
    expect(advice.filter((line) => !knownAdvice.test(line))).toEqual([]);
  } finally {
    await bridge.stop();
  }
});

test('promtool rejects output that Prometheus cannot parse', () => {
  expect(checked(Buffer.from('a{b="1",b="2"} 1\n')).isAccepted).toBe(false);
});
