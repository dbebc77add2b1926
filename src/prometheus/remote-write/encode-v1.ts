import { ProtobufWriter, wireType } from '#bytes/protobuf-writer.ts';
import { encodeHistogram } from './encode-histogram.ts';
import { KeptLabels } from './kept-labels.ts';
import { staleBits } from './stale-bits.ts';
import {
  type FamilyMetadata,
  staleMarker,
  type WriteLabels,
  type WriteSample,
  type WriteSeries,
} from './write-series.ts';

/** Writes a series as a field of `prometheus.WriteRequest`. Start timestamps and metadata have no place in it. */
export function encodeSeriesV1(writer: ProtobufWriter, series: WriteSeries): void {
  writer.tag(1, wireType.bytes);
  const { labels, samples, histograms, exemplars } = series;
  if (labels instanceof KeptLabels && samples.length === 1 && histograms.length === 0 && exemplars.length === 0) {
    encodeOneSample(writer, labels, samples[0]!);
    return;
  }
  const message = writer.begin();
  encodeLabels(writer, labels);
  for (const { value, timestampMs } of series.samples) {
    writer.tag(2, wireType.bytes);
    const sample = writer.begin();
    encodeValue(writer, 1, value);
    encodeTime(writer, 2, timestampMs);
    writer.end(sample);
  }
  for (const { labels, value, timestampMs } of series.exemplars) {
    writer.tag(3, wireType.bytes);
    const exemplar = writer.begin();
    encodeLabels(writer, labels);
    encodeValue(writer, 2, value);
    encodeTime(writer, 3, timestampMs);
    writer.end(exemplar);
  }
  for (const one of series.histograms) {
    writer.tag(4, wireType.bytes);
    const histogram = writer.begin();
    encodeHistogram(writer, one, false);
    writer.end(histogram);
  }
  writer.end(message);
}

/** Writes the most frequent series, with a length that is known in advance: nothing of it has to be moved. */
function encodeOneSample(writer: ProtobufWriter, kept: KeptLabels, { value, timestampMs }: WriteSample): void {
  kept.encoded ??= encodedLabels(kept);
  const labels = kept.encoded;
  const sampleLength = (value === 0 ? 0 : 9) + (timestampMs === 0 ? 0 : 1 + varintLength(timestampMs));
  writer.varint(labels.length + 2 + sampleLength);
  writer.raw(labels);
  writer.tag(2, wireType.bytes);
  writer.varint(sampleLength);
  encodeValue(writer, 1, value);
  encodeTime(writer, 2, timestampMs);
}

/** Maximum number of bytes of a label in addition to its texts, if these are shorter than 16 KiB. */
const labelOverhead = 9;
/** Space that the writer wants to have left. */
const writerMargin = 16;

/** In a buffer of about the right size, because there is one for each series. */
function encodedLabels(labels: KeptLabels): Buffer {
  const writer = new ProtobufWriter(labels.textBytes + labelOverhead * labels.names.length + writerMargin);
  encodeLabels(writer, labels);
  return writer.finish();
}

/** Number of bytes of a time as a varint. Negative ones have ten. */
function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length += 1;
  return value < 0 ? 10 : length;
}

/** Writes the metadata of a metric as a field of `prometheus.WriteRequest`. */
export function encodeMetadataV1(writer: ProtobufWriter, { type, name, help, unit }: FamilyMetadata): void {
  writer.tag(3, wireType.bytes);
  const message = writer.begin();
  if (type !== 0) {
    writer.tag(1, wireType.varint);
    writer.varint(type);
  }
  encodeText(writer, 2, name);
  encodeText(writer, 4, help);
  encodeText(writer, 5, unit);
  writer.end(message);
}

/** Writes a value field, except for 0. */
export function encodeValue(writer: ProtobufWriter, field: number, value: number | typeof staleMarker): void {
  if (value === 0) return;
  writer.tag(field, wireType.fixed64);
  if (value === staleMarker) writer.fixed64(staleBits);
  else writer.double(value);
}

/** Writes a time field, except for 0. Times before 1970 are negative. */
export function encodeTime(writer: ProtobufWriter, field: number, timeMs: number): void {
  if (timeMs === 0) return;
  writer.tag(field, wireType.varint);
  if (timeMs > 0) writer.varint(timeMs);
  else writer.varint64(BigInt(timeMs));
}

function encodeLabels(writer: ProtobufWriter, { names, values }: WriteLabels): void {
  for (let i = 0; i < names.length; i++) {
    writer.tag(1, wireType.bytes);
    const label = writer.begin();
    encodeText(writer, 1, names[i]!);
    encodeText(writer, 2, values[i]!);
    writer.end(label);
  }
}

function encodeText(writer: ProtobufWriter, field: number, text: string): void {
  if (text === '') return;
  writer.tag(field, wireType.bytes);
  writer.byteString(text);
}
