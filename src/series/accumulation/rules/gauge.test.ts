import { expect, test } from 'vitest';
import { noRecordedValueFlag } from '#pdata/metrics.ts';
import { accumulatedOutput, epoch, from } from '../../../../test/support/accumulated-output.ts';
import { gauge, number } from '../../../../test/support/pdata.ts';

const at = (seconds: number) => ({ timeUnixNano: epoch + BigInt(seconds) * 1_000_000_000n });
const slots = (value: number, seconds: number, flags = 0) =>
  gauge('pool.slots', number(value, { ...at(seconds), flags }));

async function combining(combine: 'last' | 'sum' | 'max' | 'min') {
  const output = await accumulatedOutput({ gauges: [{ metrics: ['*_slots'], combine }] });
  const value = () => output.samples().map((line) => Number(line.split(' ')[1]));
  return { output, value };
}

test.each([
  ['last', [3]],
  ['sum', [12]],
  ['max', [5]],
  ['min', [3]],
] as const)('gauges that are combined by %s show the values of all active processes', async (combine, shown) => {
  const { output, value } = await combining(combine);
  output.append(from('a', slots(4, 1)), from('b', slots(5, 2)), from('c', slots(3, 3)));
  expect(value()).toEqual(shown);
});

test('a combined gauge follows each process: a later value, a late one, an ended process, an idle one', async () => {
  const { output, value } = await combining('sum');
  output.append(from('a', slots(4, 1)), from('b', slots(5, 2)), from('a', slots(6, 3)), from('a', slots(1, 2)));
  expect(value()).toEqual([11]);
  output.append(from('b', slots(0, 4, noRecordedValueFlag)));
  expect(value()).toEqual([6]);
  output.settings.clock.advance(200_000);
  output.append(from('c', slots(7, 5)));
  expect(value()).toEqual([13]);
  output.settings.clock.advance(200_000);
  output.store.sweep(output.settings.clock.monotonic());
  expect(value()).toEqual([7]);
});

test('a gauge without a combination shows the value with the latest time, from any process', async () => {
  const output = await accumulatedOutput();
  output.append(from('a', slots(4, 3)), from('b', slots(5, 2)));
  expect(output.samples()).toEqual(['pool_slots{job="airflow"} 4']);
  output.append(from('b', slots(6, 3)));
  expect(output.samples()).toEqual(['pool_slots{job="airflow"} 6']);
});
