import { expect, test } from 'vitest';
import { differencesFromRuns, readVaryingAnswers, withoutOrder } from './varying.ts';

const text = (...lines: string[]) => withoutOrder('expect.metrics.txt', Buffer.from(`${lines.join('\n')}\n`));
const one = ['# HELP a Help.', '# TYPE a gauge', 'a{x="1"} 1', 'a{x="2"} 2'];
const two = ['# HELP "b c" Help.', '# TYPE "b c" gauge', '{"b c"} 3'];

test('ignores the order of families and of series', () => {
  expect(text(...two, one[0]!, one[1]!, one[3]!, one[2]!)).toEqual(text(...two, ...one));
  expect(Object.keys(text(...one, ...two))).toEqual(['a', '"b c"']);
});

test('notices a value, a family that is missing, and a family that no run had', () => {
  const runs = Object.fromEntries(
    Object.entries(text(...one, ...two)).map(([name, form]) => [name, { always: name === 'a', forms: [form] }]),
  );
  expect(differencesFromRuns(runs, text(...one, ...two))).toEqual([]);
  expect(differencesFromRuns(runs, text(...one))).toEqual([]);
  expect(differencesFromRuns(runs, text(...two))).toMatchObject([{ name: 'a', expected: [one.join('\n')] }]);
  expect(differencesFromRuns(runs, text(...one, ...two, '# TYPE c gauge', 'c 3'))).toMatchObject([{ name: 'c' }]);
  expect(differencesFromRuns(runs, text(...one, 'a{x="3"} 3', ...two))).toMatchObject([{ name: 'a' }]);
});

test('the recorded answers contain families that differ between runs', () => {
  const forms = Object.values(readVaryingAnswers())
    .flatMap((files) => Object.values(files))
    .flatMap((answer) => Object.values(answer))
    .map((family) => family.forms.length);
  expect(Math.min(...forms)).toBe(1);
  expect(forms.filter((count) => count > 1).length).toBeGreaterThan(20);
});
