import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildInfoFor } from '#build-info.ts';
import {
  type AccumulatedOutput,
  accumulatedOutput,
  from,
  secondsIn,
  started,
} from '../../../test/support/accumulated-output.ts';
import { ManualClock, testSettings } from '../../../test/support/component-settings.ts';
import { attributes, counter, histogram, histogramPoint, number } from '../../../test/support/pdata.ts';
import { interpret } from '../commands.ts';

const newDirectory = () => mkdtempSync(join(tmpdir(), 'pitot-snapshot-'));
let directory: string;
let file: string;
let page: string[];
let running: AccumulatedOutput | undefined;

/** State of two processes: a counter with three series, and a histogram. */
async function writeState(): Promise<void> {
  const output = await accumulatedOutput({ directory });
  running = output;
  const times = { startTimeUnixNano: started, timeUnixNano: secondsIn(1) };
  for (const process of ['p1', 'p2']) {
    await output.store.append(
      from(
        process,
        counter('ti.finish', ...['a', 'b', 'c'].map((dag) => number(2, { ...times, attributes: attributes({ dag }) }))),
        histogram('h', histogramPoint({ ...times, count: 3, bucketCounts: [1, 1, 1] })),
      ),
    );
  }
  page = output.scrape();
}

beforeEach(async () => {
  directory = newDirectory();
  file = join(directory, 'file_storage.db');
  await writeState();
});
afterEach(() => running?.stop());

async function snapshot(...args: string[]) {
  let streamed = '';
  const io = {
    output: (text: string) => {
      streamed += text;
    },
    progress: () => undefined,
    isTerminal: false,
    stopped: new AbortController().signal,
  };
  const line = { args: ['snapshot', ...args], build: buildInfoFor('pitot'), environment: {} };
  const outcome = await interpret(line, io);
  if (!('print' in outcome)) throw new Error('a collector runs');
  return { ...outcome, text: streamed + outcome.print };
}

async function exportTo(name: string): Promise<string> {
  const path = join(directory, name);
  writeFileSync(path, (await snapshot('export', file)).text);
  return path;
}

/** Changes one byte of a stored total, as a disk could. */
function corrupt(): string {
  const database = new DatabaseSync(file);
  const row = database.prepare("SELECT key, value FROM entries WHERE key LIKE 't/%' LIMIT 1").get();
  const { key, value } = row as { key: string; value: Uint8Array };
  value[0]! ^= 1;
  database.prepare('UPDATE entries SET value = ? WHERE key = ?').run(value, key);
  database.close();
  return key;
}

describe('inspect', () => {
  test('describes the state of a running pitot, and changes nothing', async () => {
    const before = readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'hex')]);
    const { text, exitCode } = await snapshot('inspect', directory);
    expect(text).toMatch(/^\S+file_storage\.db \(\d\.\d\d MB\)\n\nexporter\/prometheus\n/);
    expect(text).toMatch(/^ {2}Series +4 in 2 metrics\n {2}Streams +8 of 2 processes$/m);
    expect(text).toMatch(/^Metric +Series +Streams\nti\.finish +3 +6\nh +1 +2\n/m);
    expect(text).toMatch(/\nEvery record is as pitot wrote it\.\n$/);
    expect(exitCode).toBe(0);
    expect(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'hex')])).toEqual(before);
  });

  test('reads the state of an older version', async () => {
    const old = join(import.meta.dirname, '../../../test/fixtures/state/version-1');
    const { text } = await snapshot('inspect', old, '--json');
    expect(JSON.parse(text)).toMatchObject({ owners: [{ state: { series: 9, meta: { version: 1 } } }], corrupted: [] });
  });
});

test('verify names corrupted records', async () => {
  expect(await snapshot('verify', file)).toMatchObject({
    text: `${file}: Every record is as pitot wrote it.\n`,
    exitCode: 0,
  });
  await running?.stop();
  const key = corrupt();
  const { text, exitCode } = await snapshot('verify', file);
  expect(text).toContain(`  exporter/prometheus ${key}: the checksum does not match\n`);
  expect(exitCode).toBe(1);
  expect(JSON.parse((await snapshot('verify', file, '--json')).text)).toMatchObject({ ok: false });
  const exported = await snapshot('export', file);
  expect(exported).toMatchObject({ exitCode: 1, remarks: [expect.stringContaining(`${key}: the checksum`)] });
  expect(exported.text).not.toContain(`"${key}"`);
});

describe('import', () => {
  test('restores the totals of an export', async () => {
    const exported = await exportTo('totals.jsonl');
    const other = newDirectory();
    const { text } = await snapshot('import', join(other, 'file_storage.db'), `--from=${exported}`);
    expect(text).toMatch(/^Wrote \d+ records to /);
    await running?.stop();
    running = await accumulatedOutput({
      directory: other,
      settings: testSettings('prometheus', new ManualClock(running!.settings.clock.unixMs)),
    });
    expect(running.scrape()).toEqual(page);
    const again = join(other, 'again.db');
    await snapshot('import', again, `--from=${exported}`);
    expect((await snapshot('export', again)).text).toBe(readFileSync(exported, 'utf8'));
  });

  test('is refused while pitot runs, and for an existing file unless it replaces it', async () => {
    const from = `--from=${await exportTo('totals.jsonl')}`;
    await expect(snapshot('import', file, from, '--replace')).rejects.toThrow(
      `${file} is in use by another process; stop pitot first`,
    );
    await running?.stop();
    await expect(snapshot('import', file, from)).rejects.toThrow(`${file} already exists`);
    const result = JSON.parse((await snapshot('import', file, from, '--replace', '--json')).text);
    expect(readdirSync(directory).sort()).toContain(result.replaced.slice(directory.length + 1));
    expect((await snapshot('verify', file)).exitCode).toBe(0);
  });

  test.each<[string, (lines: string[]) => string[], RegExp]>([
    ['of another format', () => ['{"a":1}'], /is not the output of `pitot snapshot export`/],
    ['of a later version', ([head, ...rest]) => [head!.replace('"version":1', '"version":2'), ...rest], /version 2/],
    ['that is cut short', (lines) => lines.slice(0, -2), /is incomplete: it has \d+ of an unknown number/],
    [
      'with a changed value',
      (lines) => lines.map((line, i) => (i === 3 ? line.replace('"value":"', '"value":"AAAA') : line)),
      /jsonl:4: the checksum of \S+ of exporter\/prometheus does not match/,
    ],
    [
      'with a broken line',
      (lines) => lines.map((line, i) => (i === 2 ? line.slice(5) : line)),
      /jsonl:3: the line is not a JSON object/,
    ],
  ])('an export %s is refused, and no file is written', async (_, change, message) => {
    const path = await exportTo('totals.jsonl');
    writeFileSync(path, change(readFileSync(path, 'utf8').trimEnd().split('\n')).join('\n'));
    const target = join(newDirectory(), 'new.db');
    await expect(snapshot('import', target, `--from=${path}`)).rejects.toThrow(message);
    await expect(snapshot('verify', target)).rejects.toThrow('no such file or directory');
  });
});

test('a file is named that does not exist, is damaged, or is not alone', async () => {
  await expect(snapshot('inspect', '/nowhere')).rejects.toThrow('open /nowhere: no such file or directory');
  await expect(snapshot('import', join(directory, 'x.db'), '--from=/nowhere')).rejects.toThrow(
    'open /nowhere: no such',
  );
  await running?.stop();
  copyFileSync(file, join(directory, 'other.db'));
  await expect(snapshot('inspect', directory)).rejects.toThrow('contains several: file_storage.db, other.db');
  writeFileSync(file, 'text');
  await expect(snapshot('verify', file)).rejects.toThrow(`${file} is damaged or not a storage file`);
  await expect(snapshot('delete')).rejects.toThrow('use one of: inspect, verify, export, import');
});
