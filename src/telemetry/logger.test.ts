import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LogOutput } from './log-output.ts';
import { LogSampler } from './log-sampler.ts';
import { defaultLogSettings, Log, type LogSettings } from './logger.ts';

const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678), monotonic: () => 0 };

/** Returns the output of a log with these settings. */
async function written(settings: Partial<LogSettings>, use: (log: Log) => void): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), 'pitot-log-')), 'log');
  const log = new Log({ ...defaultLogSettings, outputPaths: [path], ...settings }, { clock });
  use(log);
  await log.close();
  return readFileSync(path, 'utf8');
}

const debugExporter = { id: 'debug', kind: 'exporter', signal: 'metrics' } as const;

test('a console entry has time, level, caller, message and the fields with blanks', async () => {
  const text = await written({ resource: { 'service.version': '1', 'service.name': 'a' } }, (log) =>
    log.forComponent(debugExporter).info('Hello', { n: 1, error: new Error('no "x"'), list: [1, 'a'] }),
  );
  expect(text.replace(/logger\.test\.ts:\d+/, 'FILE')).toBe(
    '2026-01-02T03:04:05.678Z\tinfo\ttelemetry/FILE\tHello\t{"resource": {"service.name": "a", "service.version": "1"}, ' +
      '"otelcol.component.id": "debug", "otelcol.component.kind": "exporter", "otelcol.signal": "metrics", ' +
      '"n": 1, "error": "no \\"x\\"", "list": [1,"a"]}\n',
  );
});

test('a json entry has the same without blanks', async () => {
  const text = await written({ encoding: 'json', resource: { a: 'b' }, initialFields: { z: 1, y: [2] } }, (log) =>
    log.forComponent(debugExporter).print('a\nb\t"c"\b', { 'data points': 3 }),
  );
  expect(text).toBe(
    '{"level":"info","ts":"2026-01-02T03:04:05.678Z","msg":"a\\nb\\t\\"c\\"\\u0008","y":[2],"z":1,"resource":{"a":"b"},' +
      '"otelcol.component.id":"debug","otelcol.component.kind":"exporter","otelcol.signal":"metrics","data points":3}\n',
  );
});

test('print writes bytes unchanged', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'pitot-log-')), 'log');
  const log = new Log({ ...defaultLogSettings, outputPaths: [path] }, { clock });
  log.root.print(Uint8Array.of(0xff, 0x61, 10));
  await log.close();
  expect(readFileSync(path).toString('latin1')).toBe('2026-01-02T03:04:05.678Z\tinfo\t\xffa\n\n');
});

test('omits entries below the level', async () => {
  const text = await written({ level: 'warn', disableCaller: true }, ({ root }) => {
    root.info('no');
    root.print('no');
    root.warn('yes');
    expect([root.isEnabled('info'), root.isEnabled('error')]).toEqual([false, true]);
  });
  expect(text).toBe('2026-01-02T03:04:05.678Z\twarn\tyes\n');
});

test.each([
  ['control characters without a short form', '\b\f\v\0', '"\\u0008\\u000c\\u000b\\u0000"'],
  ['backslashes before letters', '\\b \\\\ud800', '"\\\\b \\\\\\\\ud800"'],
  ['half a surrogate pair', '\ud800', '"\\ufffd"'],
  ['text of any script', 'é 日本 <&>\u007f', '"é 日本 <&>\u007f"'],
])('fields escape %s', async (_, value, expected) => {
  const text = await written({ disableCaller: true }, ({ root }) => root.info('m', { value }));
  expect(text).toContain(`{"value": ${expected}}`);
});

test('sampling writes the first entries of a message in each tick and then each n-th', () => {
  const sampler = new LogSampler({ tick: 100, initial: 2, thereafter: 3 });
  const accepted = (now: number) => Array.from({ length: 9 }, () => sampler.accepts('info', 'm', now));
  const pattern = [true, true, false, false, true, false, false, true, false];
  expect(accepted(0)).toEqual(pattern);
  expect(accepted(100)).toEqual(pattern);
  expect(sampler.accepts('warn', 'm', 100)).toBe(true);
  expect(sampler.accepts('info', Buffer.from('other'), 100)).toBe(true);
});

test('sampling with thereafter 0 writes only the first entries', () => {
  const sampler = new LogSampler({ tick: 100, initial: 1, thereafter: 0 });
  expect([1, 2, 3].map(() => sampler.accepts('info', 'm', 0))).toEqual([true, false, false]);
});

test('the default sampling lets 12 of 250 equal lines through', async () => {
  const text = await written({}, ({ root }) => {
    for (let index = 0; index < 250; index++) root.print('Metrics', { index });
  });
  expect(text.match(/"index": \d+/g)?.map((field) => Number(field.slice(9)))).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 109, 209,
  ]);
});

test('an output whose reader has stopped keeps a bounded buffer, drops whole entries and counts them', async () => {
  const fifo = join(mkdtempSync(join(tmpdir(), 'pitot-log-')), 'fifo');
  execFileSync('mkfifo', [fifo]);
  const reader = openSync(fifo, 'r+');
  const drops: [number, string][] = [];
  const output = new LogOutput({ path: fifo, maxPendingBytes: 300_000, onDrop: (...drop) => drops.push(drop) });
  for (let index = 0; index < 5; index++) output.write(['x'.repeat(99_999), '\n']);
  expect(drops).toEqual([
    [100_000, 'output_full'],
    [100_000, 'output_full'],
  ]);
  const cat = spawn('head', ['-c', '300000', fifo], { stdio: ['ignore', 'pipe', 'ignore'] });
  let bytes = 0;
  cat.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  const ended = new Promise((resolve) => cat.on('close', resolve));
  await output.close();
  await ended;
  closeSync(reader);
  expect(bytes).toBe(300_000);
});

test('an entry beyond the limit is written when nothing else waits', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'pitot-log-')), 'log');
  const output = new LogOutput({ path, maxPendingBytes: 10 });
  output.write(['x'.repeat(1000)]);
  output.write(['dropped']);
  await output.close();
  expect(readFileSync(path, 'utf8')).toBe('x'.repeat(1000));
});

test('a pipe that was closed loses entries, counted, and ends nothing', async () => {
  const program = `
    import { LogOutput } from ${JSON.stringify(join(import.meta.dirname, 'log-output.ts'))};
    import { appendFileSync } from 'node:fs';
    process.stdin.once('data', async () => {
      const output = new LogOutput({ path: 'stderr', onDrop: (bytes, reason) => appendFileSync(process.argv[1], bytes + ' ' + reason) });
      output.write(['hello']);
      await output.flush();
      process.exit(7);
    });`;
  const file = join(mkdtempSync(join(tmpdir(), 'pitot-log-')), 'drops');
  writeFileSync(file, '');
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, file], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  child.stderr.destroy();
  const code = new Promise((resolve) => child.on('exit', resolve));
  child.stdin.end('go');
  expect(await code).toBe(7);
  expect(readFileSync(file, 'utf8')).toBe('5 output_failed');
});

test('a process whose output is stuck still ends when it wants to', async () => {
  const fifo = join(mkdtempSync(join(tmpdir(), 'pitot-log-')), 'fifo');
  execFileSync('mkfifo', [fifo]);
  const reader = openSync(fifo, 'r+');
  const program = `
    import { LogOutput } from ${JSON.stringify(join(import.meta.dirname, 'log-output.ts'))};
    const output = new LogOutput({ path: 'stdout' });
    output.write([Buffer.alloc(1_000_000)]);
    setTimeout(() => process.exit(7), 50);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', reader, 'ignore'],
  });
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(7);
  closeSync(reader);
});
