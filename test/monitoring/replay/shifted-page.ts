import { join } from 'node:path';
import protobuf from 'protobufjs';
import type { Format, Scrape } from './record-scrapes.ts';

const proto = join(import.meta.dirname, '../../../proto');
const root = new protobuf.Root();
root.resolvePath = (_origin, target) =>
  target.startsWith('google/protobuf') ? target : join(proto, target.replace(/^.*proto\//, ''));
root.loadSync('prometheus/metrics.proto');
const family = root.lookupType('io.prometheus.client.MetricFamily');

interface Family {
  metric?: { timestampMs?: number; [kind: string]: unknown }[];
}
interface Timestamp {
  seconds: number | { toNumber(): number };
  nanos?: number;
}

/** A gauge on every page: the number of the page. */
export const stepMetric = 'replay_step';

/**
 * The page of one scrape as it would have been at another time: every sample has the time of the scrape as its timestamp, and times that
 * the page contains (created timestamps) are moved by the same distance. The number of the page is added.
 */
export function shiftedPage({ page, atMs }: Scrape, format: Format, shiftMs: number, step: number): Buffer {
  if (format === 'protobuf') return shiftedFamilies(page, { timestampMs: atMs + shiftMs, shiftMs, step });
  const time = format === 'text' ? `${atMs + shiftMs}` : `${(atMs + shiftMs) / 1000}`;
  const lines = page
    .toString('latin1')
    .split('\n')
    .map((line) => {
      if (line === '' || line.startsWith('#')) return line;
      const [sample, exemplar] = splitExemplar(line);
      const at = sample.lastIndexOf(' ');
      const isCreated = format === 'openmetrics' && /^[\w:]+_created[ {]/.test(sample);
      const value = isCreated ? `${Number(sample.slice(at + 1)) + shiftMs / 1000}` : sample.slice(at + 1);
      return `${sample.slice(0, at)} ${value} ${time}${exemplar}`;
    });
  const added = `# TYPE ${stepMetric} gauge\n${stepMetric} ${step} ${time}\n`;
  return Buffer.from(added + lines.join('\n'), 'latin1');
}

function splitExemplar(line: string): [sample: string, exemplar: string] {
  const at = line.indexOf(' # {');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at)];
}

interface Shift {
  readonly timestampMs: number;
  readonly shiftMs: number;
  readonly step: number;
}

function shiftedFamilies(page: Buffer, { timestampMs, shiftMs, step }: Shift): Buffer {
  const reader = protobuf.Reader.create(page);
  const writer = protobuf.Writer.create();
  const added = { name: stepMetric, type: 1, metric: [{ gauge: { value: step }, timestampMs }] };
  family.encodeDelimited(family.fromObject(added), writer);
  while (reader.pos < reader.len) {
    const message = family.decodeDelimited(reader) as unknown as Family;
    for (const metric of message.metric ?? []) {
      metric.timestampMs = timestampMs;
      for (const kind of ['counter', 'histogram', 'summary'])
        moveCreated(metric[kind] as { createdTimestamp?: Timestamp } | undefined, shiftMs);
    }
    family.encodeDelimited(message as unknown as protobuf.Message, writer);
  }
  return Buffer.from(writer.finish());
}

function moveCreated(value: { createdTimestamp?: Timestamp } | undefined, shiftMs: number): void {
  if (!value?.createdTimestamp) return;
  const { seconds, nanos = 0 } = value.createdTimestamp;
  const ms = (typeof seconds === 'number' ? seconds : seconds.toNumber()) * 1000 + nanos / 1e6 + shiftMs;
  value.createdTimestamp = { seconds: Math.floor(ms / 1000), nanos: Math.round((ms % 1000) * 1e6) };
}
