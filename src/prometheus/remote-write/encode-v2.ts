import { type ProtobufWriter, wireType } from '#bytes/protobuf-writer.ts';
import { encodeHistogram } from './encode-histogram.ts';
import { encodeTime, encodeValue } from './encode-v1.ts';
import type { Symbols } from './symbols.ts';
import type { WriteLabels, WriteSeries } from './write-series.ts';

/** Writes a series as a field of `io.prometheus.write.v2.Request`. Its texts are added to `symbols`. */
export function encodeSeriesV2(writer: ProtobufWriter, symbols: Symbols, series: WriteSeries): void {
  writer.tag(5, wireType.bytes);
  const message = writer.begin();
  encodeReferences(writer, symbols, series.labels);
  for (const { value, timestampMs, startMs } of series.samples) {
    writer.tag(2, wireType.bytes);
    const sample = writer.begin();
    encodeValue(writer, 1, value);
    encodeTime(writer, 2, timestampMs);
    encodeTime(writer, 3, startMs);
    writer.end(sample);
  }
  for (const one of series.histograms) {
    writer.tag(3, wireType.bytes);
    const histogram = writer.begin();
    encodeHistogram(writer, one, true);
    writer.end(histogram);
  }
  for (const { labels, value, timestampMs } of series.exemplars) {
    writer.tag(4, wireType.bytes);
    const exemplar = writer.begin();
    encodeReferences(writer, symbols, labels);
    encodeValue(writer, 2, value);
    encodeTime(writer, 3, timestampMs);
    writer.end(exemplar);
  }
  const { type, help, unit } = series.metadata;
  writer.tag(5, wireType.bytes);
  const metadata = writer.begin();
  encodeNumber(writer, 1, type);
  encodeNumber(writer, 3, symbols.reference(help));
  encodeNumber(writer, 4, symbols.reference(unit));
  writer.end(metadata);
  writer.end(message);
}

function encodeReferences(writer: ProtobufWriter, symbols: Symbols, { names, values }: WriteLabels): void {
  if (names.length === 0) return;
  writer.tag(1, wireType.bytes);
  const packed = writer.begin();
  for (let i = 0; i < names.length; i++) {
    writer.varint(symbols.reference(names[i]!));
    writer.varint(symbols.reference(values[i]!));
  }
  writer.end(packed);
}

function encodeNumber(writer: ProtobufWriter, field: number, value: number): void {
  if (value === 0) return;
  writer.tag(field, wireType.varint);
  writer.varint(value);
}
