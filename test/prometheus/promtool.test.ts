import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { accumulation, Bridge } from '../support/bridge.ts';
import { deliver } from '../support/otlp-sender.ts';
import { readRecording, recordingNames } from '../support/recording.ts';

/** Exit codes of `promtool check metrics`. */
const accepted = 0;
const acceptedWithAdvice = 3;

/** What promtool says of a text page: whether Prometheus could read it, and its advice, each line once, in order. */
function checked(page: Buffer): { isAccepted: boolean; advice: string[] } {
  const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], { input: page });
  if (error) throw error;
  const advice = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
  return { isAccepted: status === accepted || status === acceptedWithAdvice, advice: [...new Set(advice)].sort() };
}

/**
 * What promtool would rather have otherwise, in the collector's page too, and why it stays: Airflow gives its metrics no
 * description, so there is no help text to show, and it measures times in milliseconds. Names and units are the sender's.
 */
const knownAdvice = /^airflow_\w+ (no help text|use base unit "seconds" instead of "milliseconds")$/;

test.each(recordingNames)(
  'promtool accepts the page of %s, and advises what it advises the collector',
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

test.each(recordingNames)('promtool accepts the page of %s with accumulation and classic buckets', async (name) => {
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

test('promtool refuses a page that Prometheus could not read', () => {
  expect(checked(Buffer.from('a{b="1",b="2"} 1\n')).isAccepted).toBe(false);
});
