import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import {
  type AccumulatedOutput,
  accumulatedOutput,
  epoch,
  from,
  secondsIn,
  started,
} from '../../../../test/support/accumulated-output.ts';
import { ManualClock, testSettings } from '../../../../test/support/component-settings.ts';
import { counter, number } from '../../../../test/support/pdata.ts';

const later = epoch + 3_600_000_000_000n;

/** Starts on the file, an hour later with each `hours`. */
async function start(directory: string, hours: number): Promise<AccumulatedOutput> {
  const clock = new ManualClock(Number(epoch / 1_000_000n) + hours * 3_600_000);
  const output = await accumulatedOutput({ directory, settings: testSettings('prometheus', clock) });
  onTestFinished(() => output.stop());
  return output;
}

const point = (name: string, value: number, [startTimeUnixNano, timeUnixNano] = [started, secondsIn(1)]) =>
  counter(name, number(value, { startTimeUnixNano, timeUnixNano }));

/** Returns a file with the series `a` and `b`, each with its own process, after a change to its rows. */
async function changedFile(sql: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'pitot-state-'));
  const output = await start(directory, 0);
  await output.store.append(from('one', point('a', 10)));
  await output.store.append(from('two', point('b', 20)));
  await output.stop();
  const file = new DatabaseSync(join(directory, 'file_storage.db'));
  file.exec(sql);
  file.close();
  return directory;
}

const corrupted = (key: string) => `UPDATE entries SET checksum = 1 WHERE key = '${key}'`;
const total = (name: string, value: number) => `${name}_total{job="airflow"} ${value}`;

test.each([
  ['an identity is corrupted', corrupted('s/00000000001'), [total('b', 20)]],
  ['a total is corrupted', corrupted('t/00000000001'), [total('b', 20)]],
  ['the last identity is corrupted', corrupted('s/00000000002'), [total('a', 10)]],
  ['an identity is missing', `DELETE FROM entries WHERE key = 's/00000000001'`, [total('b', 20)]],
  ['a total is missing', `DELETE FROM entries WHERE key = 't/00000000002'`, [total('a', 10)]],
  ['all totals are renamed', `UPDATE entries SET key = 'u' || substr(key, 2) WHERE key LIKE 't/%'`, []],
  ['the first row is corrupted', corrupted('meta'), [total('a', 10), total('b', 20)]],
  ['the first row is renamed', `UPDATE entries SET key = 'beta' WHERE key = 'meta'`, [total('a', 10), total('b', 20)]],
  ['a block of streams is corrupted', corrupted('p/00000000001'), [total('a', 10), total('b', 20)]],
  [
    'a row with an unknown key appears',
    `INSERT INTO entries VALUES (1, 'z', x'00', 0)`,
    [total('a', 10), total('b', 20)],
  ],
])('when %s, everything else is restored, and nothing is counted twice', async (_, sql, expected) => {
  const directory = await changedFile(sql);
  const output = await start(directory, 1);
  expect(output.samples()).toEqual(expected);
  // The processes continue. Streams that pitot has lost are baselined: the output is the total that they export or
  // less.
  await output.store.append(from('one', point('a', 11, [started, secondsIn(3_601)])));
  await output.store.append(from('two', point('b', 21, [started, secondsIn(3_601)])));
  const values = output.samples().map((line) => Number(line.split(' ')[1]));
  for (const value of values) expect([0, 10, 11, 20, 21]).toContain(value);
  // New processes count in full, in new series that do not share a number with old ones.
  await output.store.append(from('three', point('c', 5, [later + 1n, later + 2n])));
  const before = output.samples();
  expect(before).toContain(total('c', 5));
  await output.stop();
  const next = await start(directory, 2);
  expect(next.samples()).toEqual(before);
  expect(next.settings.logged.join('\n')).not.toContain('corrupted');
});

test('without the first row and its copy, the file is refused by name', async () => {
  const directory = await changedFile(`DELETE FROM entries WHERE key LIKE 'meta%'`);
  await expect(start(directory, 1)).rejects.toThrow(`open ${join(directory, 'file_storage.db')}: row meta is missing`);
});
