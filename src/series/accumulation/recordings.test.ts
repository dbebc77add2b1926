import { expect, test } from 'vitest';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { Random } from '../../../test/fuzz/random.ts';
import { accumulatedOutput } from '../../../test/support/accumulated-output.ts';
import { ManualClock, testSettings } from '../../../test/support/component-settings.ts';
import { readRecording, recordingNames, servedTries } from '../../../test/support/recording.ts';
import { readTextExposition } from '../../../test/support/text-exposition.ts';

test.each(recordingNames)("%s in twenty orders equals Airflow's database", async (name) => {
  const recording = readRecording(name);
  for (let seed = 1; seed <= 20; seed++) {
    // In real time, and replayed later: everything is then history.
    const clock = new ManualClock(seed % 2 === 0 ? 1_700_000_000_000 : 2_000_000_000_000);
    const page = await accumulatedOutput({ settings: testSettings('prometheus', clock) });
    const decoder = new MetricsDecoder();
    for (const { body } of new Random(seed).shuffled(recording.requests)) page.append(decoder.decode(body));
    expect(servedTries(readTextExposition(page.text()), recording)).toEqual(recording.tries);
  }
});
