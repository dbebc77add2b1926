import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { accumulatedOutput, secondsIn, started } from '../../../test/support/accumulated-output.ts';
import { encodeMetrics } from '../../../test/support/otlp.ts';
import { JoinedResources } from '../target-info/joined-resources.ts';

function bodyOf(id: string, number: number): Buffer {
  const attributes = Object.entries({ 'service.name': 'a', 'service.instance.id': id }).map(([key, stringValue]) => ({
    key,
    value: { stringValue },
  }));
  const times = { startTimeUnixNano: started + BigInt(number), timeUnixNano: secondsIn(1) };
  const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ ...times, asInt: 1 }] };
  return Buffer.from(
    encodeMetrics({
      resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ metrics: [{ name: 'c', sum }] }] }],
    }),
  );
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('1,000 streams with IDs of 60 kB need a few MB', async () => {
  const page = await accumulatedOutput({
    targetInfo: new JoinedResources(new Set(['service.instance.id']), 3_600_000),
  });
  const decoder = new MetricsDecoder();
  const used = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  const before = used();
  for (let number = 0; number < 1_000; number++) {
    const id = `${number}-`.padEnd(60_000, String.fromCharCode(97 + (number % 26)));
    page.store.append(decoder.decode(bodyOf(id, number)));
  }
  expect(page.samples()).toEqual(['c_total{job="a"} 1000', 'target_info{job="a"} 1']);
  // 60 MB of text arrived.
  expect(used() - before).toBeLessThan(25);
});
