import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';
import { parseConfig, validateConfig } from '#config/schema.ts';
import type { AnyValue } from '#pdata/attributes.ts';
import { metricsJsonToProtobuf } from '#pdata/json/json-to-protobuf.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { gauge, number, request, resource } from '../../../test/support/pdata.ts';
import { fileExporterConfig } from './config.ts';
import { fileExporterFactory } from './factory.ts';
import { FileExporter } from './file-exporter.ts';

const never = new AbortController().signal;
const host = { extension: () => undefined, fatal: () => undefined };
const newPath = () => join(mkdtempSync(join(tmpdir(), 'pitot-file-')), 'out.jsonl');
const data = (value: number) => request({}, gauge('g', number(value)));

function parsed(raw: object) {
  const result = parseConfig(fileExporterConfig, raw);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

async function write(raw: object, requests: readonly Metrics[]): Promise<void> {
  const exporter = new FileExporter('metrics', parsed(raw), testSettings('file'));
  await exporter.start();
  await Promise.all(requests.map((one) => exporter.consume(one, noClientContext)));
  await exporter.shutdown(never);
}

function values(metrics: Metrics): unknown[] {
  return metrics.resourceMetrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap((scope) =>
      scope.metrics.flatMap(({ dataPoints }) => dataPoints.map((point) => (point as { value: number }).value)),
    ),
  );
}

const fromProtobuf = (bytes: Uint8Array) => values(new MetricsDecoder().decode(Buffer.from(bytes)));
const fromLine = (line: string) => fromProtobuf(metricsJsonToProtobuf(Buffer.from(line)));

/** Splits a file of pieces that follow their length. */
function pieces(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    found.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return found;
}

test('writes one line of OTLP JSON for each request, in order', async () => {
  const path = newPath();
  await write({ path }, [data(1), data(2.5), data(3)]);
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map(fromLine)).toEqual([[1], [2.5], [3]]);
});

test.each([
  ['proto', '', (piece: Buffer) => fromProtobuf(piece)],
  ['proto', 'zstd', (piece: Buffer) => fromProtobuf(zstdDecompressSync(piece))],
  ['json', 'zstd', (piece: Buffer) => fromLine(zstdDecompressSync(piece).toString())],
])('writes %s, compressed with %j, after the length', async (format, compression, decode) => {
  const path = newPath();
  await write({ path, format, compression }, [data(1), data(2)]);
  expect(pieces(readFileSync(path)).map(decode)).toEqual([[1], [2]]);
});

test('compression_params::level selects the level of zstd', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `g${index}${'ab'.repeat(index % 7)}`);
  const large = request({}, ...names.map((name, index) => gauge(name, number(index * 7919))));
  const sizeOf = async (level: number) => {
    const path = newPath();
    await write({ path, format: 'proto', compression: 'zstd', compression_params: { level } }, [large]);
    expect(pieces(readFileSync(path)).map((piece) => fromProtobuf(zstdDecompressSync(piece)).length)).toEqual([300]);
    return readFileSync(path).length;
  };
  expect(await sizeOf(22)).toBeLessThan(await sizeOf(1));
});

test('empties an existing file, unless append is set', async () => {
  const path = newPath();
  writeFileSync(path, 'old\n');
  await write({ path }, [data(1)]);
  expect(readFileSync(path, 'utf8')).not.toContain('old');
  await write({ path, append: true }, [data(2)]);
  expect(readFileSync(path, 'utf8').trim().split('\n').map(fromLine)).toEqual([[1], [2]]);
});

test('begins a new file at the limit, and deletes the oldest ones', async () => {
  const path = newPath();
  const large = request({}, gauge(`g${'x'.repeat(700_000)}`, number(1)));
  const rotation = { max_megabytes: 1, max_backups: 2 };
  for (let i = 0; i < 5; i++) await write({ path, rotation }, [large]);
  const names = readdirSync(join(path, '..')).sort();
  expect(names).toHaveLength(3);
  expect(names.filter((name) => /^out-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}\.jsonl$/.test(name))).toHaveLength(2);
  for (const name of names) {
    expect(fromLine(readFileSync(join(path, '..', name), 'utf8').trim())).toEqual([1]);
  }
});

test('creates the directory only if it is asked to', async () => {
  const path = join(newPath(), 'a/b/out.jsonl');
  await expect(write({ path }, [])).rejects.toThrow('ENOENT');
  await write({ path, create_directory: true }, [data(1)]);
  expect(existsSync(path)).toBe(true);
});

test('a disk that is full asks the client to retry', async () => {
  const exporter = new FileExporter('metrics', parsed({ path: '/dev/full', append: true }), testSettings('file'));
  await exporter.start();
  await expect(exporter.consume(data(1), noClientContext)).rejects.toBeInstanceOf(RetryableError);
  await exporter.shutdown(never);
});

test('the signals of one exporter share its file', async () => {
  const path = newPath();
  const config = parsed({ path });
  const settings = testSettings('file');
  const metrics = fileExporterFactory.create.metrics!(config, settings);
  const logs = fileExporterFactory.create.logs!(config, settings);
  await metrics.start(host);
  await metrics.consume(data(1), noClientContext);
  await logs.start(host);
  await logs.shutdown(never);
  await metrics.consume(data(2), noClientContext);
  await metrics.shutdown(never);
  expect(readFileSync(path, 'utf8').trim().split('\n').map(fromLine)).toEqual([[1], [2]]);
});

test('append continues a compressed file', async () => {
  const path = newPath();
  await write({ path, compression: 'zstd' }, [data(1)]);
  await write({ path, compression: 'zstd', append: true }, [data(2)]);
  const lines = pieces(readFileSync(path)).map((piece) => fromLine(zstdDecompressSync(piece).toString()));
  expect(lines).toEqual([[1], [2]]);
});

const ofGroup = (segment: AnyValue, value: number) =>
  request({ resource: resource({ k: segment }) }, gauge('g', number(value)));
const grouped = (path: string, more: object = {}) => ({
  path,
  group_by: { enabled: true, resource_attribute: 'k', ...more },
});
const linesOf = (path: string) => readFileSync(path, 'utf8').trim().split('\n').map(fromLine);

test('group_by writes one file for each value of the attribute, and creates directories', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pitot-file-'));
  const both = {
    ...ofGroup('a', 1),
    resourceMetrics: [ofGroup('a', 1), ofGroup('b/c', 2), ofGroup('a', 3)].flatMap((one) => one.resourceMetrics),
    dataPointCount: 3,
  };
  await write(grouped(join(directory, '*/x.jsonl')), [both, ofGroup('b/c', 4)]);
  expect(linesOf(join(directory, 'a/x.jsonl'))).toEqual([[1, 3]]);
  expect(linesOf(join(directory, 'b/c/x.jsonl'))).toEqual([[2], [4]]);
});

test('group_by: a file that was closed because others were needed is continued; one of an earlier process is emptied', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pitot-file-'));
  writeFileSync(join(directory, 'a'), 'old\n');
  const requests = ['a', 'b', 'c', 'a', 'b'].map((segment, i) => ofGroup(segment, i));
  await write(grouped(join(directory, '*'), { max_open_files: 2 }), requests);
  expect(linesOf(join(directory, 'a'))).toEqual([[0], [3]]);
  expect(linesOf(join(directory, 'b'))).toEqual([[1], [4]]);
  await write({ ...grouped(join(directory, '*')), append: true }, [ofGroup('a', 9)]);
  expect(linesOf(join(directory, 'a'))).toEqual([[0], [3], [9]]);
});

test('group_by: resources without the text of the attribute are counted, with one warning', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pitot-file-'));
  const settings = testSettings('file');
  const exporter = new FileExporter('metrics', parsed(grouped(join(directory, '*'))), settings);
  await exporter.start();
  for (const one of [data(1), ofGroup(5n, 2), ofGroup('a', 3)]) await exporter.consume(one, noClientContext);
  await exporter.shutdown(never);
  expect(readdirSync(directory)).toEqual(['a']);
  expect(settings.measured('pitot_exporter_file_dropped_items_total', { exporter: 'file' })).toBe(2);
  expect(settings.logged).toEqual([
    'warn Resources without the attribute of group_by are dropped {"resource_attribute":"k"}',
  ]);
});

test('group_by: a name that the file system refuses fails for good, and the other groups are written', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pitot-file-'));
  const exporter = new FileExporter('metrics', parsed(grouped(join(directory, '*'))), testSettings('file'));
  await exporter.start();
  for (const segment of ['n'.repeat(300), 'a\0b']) {
    const both = {
      resourceMetrics: [ofGroup(segment, 1), ofGroup('a', 2)].flatMap((one) => one.resourceMetrics),
      dataPointCount: 2,
    };
    await expect(exporter.consume(both, noClientContext)).rejects.toBeInstanceOf(PermanentError);
  }
  await exporter.shutdown(never);
  expect(linesOf(join(directory, 'a'))).toEqual([[2], [2]]);
});

test.each([
  [{}, 'path must be non-empty'],
  [{ path: 'a', append: true, rotation: {} }, 'append and rotation enabled at the same time is not supported'],
  [{ path: 'a', format: 'xml' }, 'format type is not supported'],
  [{ path: 'a', compression: 'gzip' }, 'compression is not supported'],
  [{ path: 'a', flush_interval: '-1s' }, 'flush_interval must be larger than zero'],
  [{ path: 'a', rotation: { max_days: -1 } }, 'rotation max_megabytes, max_days and max_backups must not be negative'],
  [grouped('a'), 'path must contain exactly one * when group_by is enabled'],
  [grouped('a/*/*'), 'path must contain exactly one * when group_by is enabled'],
  [grouped('*/a'), 'path must not start with * when group_by is enabled'],
  [grouped('a/*', { max_open_files: 0 }), 'max_open_files must be positive when group_by is enabled'],
  [grouped('a/*', { resource_attribute: '' }), 'resource_attribute must not be empty when group_by is enabled'],
  [{ path: 'a', directory_permissions: '0755' }, 'directory_permissions requires create_directory to be true'],
  [
    { path: 'a', create_directory: true, directory_permissions: '99' },
    'directory_permissions value must be a valid octal representation',
  ],
  [
    { path: 'a', create_directory: true, directory_permissions: '07777' },
    'directory_permissions contain invalid bits for file access',
  ],
])('refuses %j', (raw, message) => {
  expect(validateConfig(fileExporterConfig, parsed(raw)).map((problem) => problem.message)).toEqual([message]);
});
