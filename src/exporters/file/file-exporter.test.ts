import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { RetryableError } from '#component/errors.ts';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { metricsJsonToProtobuf } from '#pdata/json/json-to-protobuf.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { gauge, number, request } from '../../../test/support/pdata.ts';
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

test.each([
  [{}, 'path must be non-empty'],
  [
    { path: 'a', append: true, compression: 'zstd' },
    'append and compression enabled at the same time is not supported',
  ],
  [{ path: 'a', append: true, rotation: {} }, 'append and rotation enabled at the same time is not supported'],
  [{ path: 'a', format: 'xml' }, 'format type is not supported'],
  [{ path: 'a', compression: 'gzip' }, 'compression is not supported'],
  [{ path: 'a', flush_interval: '-1s' }, 'flush_interval must be larger than zero'],
  [
    { path: 'a', group_by: { enabled: true } },
    'group_by is not supported by pitot; remove it, and use one exporter for each file',
  ],
])('refuses %j', (raw, message) => {
  expect(validateConfig(fileExporterConfig, parsed(raw)).map((problem) => problem.message)).toEqual([message]);
});
