import { ProtobufWriter, wireType } from '#bytes/protobuf-writer.ts';
import { decodeSnappyBlock } from '#compression/snappy-block.ts';
import { snappyCompress } from '#compression/snappy-compress.ts';
import type { Slices } from '#flow/slices.ts';
import { WireReader } from '#pdata/protobuf/wire-reader.ts';
import type { EncodedRequest } from './encode-requests.ts';

/** Series between two pauses. */
const seriesPerSlice = 500;
/** Tags of `Request`, `TimeSeries`, and `Exemplar` of `io.prometheus.write.v2`: field × 8 + wire type. */
const tags = {
  symbol: 0x22,
  series: 0x2a,
  references: 0x0a,
  samples: 0x12,
  histograms: 0x1a,
  exemplars: 0x22,
} as const;
/** Numbers of the fields of `prometheus.TimeSeries` in version 1.0. */
const fields = { labels: 1, samples: 2, exemplars: 3, histograms: 4 } as const;

/**
 * Converts a request of Remote Write 2.0 to 1.0, for a receiver that turns out not to support 2.0. Metadata is dropped. Samples and
 * histograms have the same fields in both versions; receivers of 1.0 skip the start timestamp.
 */
export function* transcodeToV1({ body, counts }: EncodedRequest): Slices<EncodedRequest> {
  const bytes = decodeSnappyBlock(body, Number.POSITIVE_INFINITY);
  const reader = new WireReader(bytes);
  const symbols: Buffer[] = [];
  const writer = new ProtobufWriter(bytes.length * 2);
  let steps = 0;
  while (reader.position < bytes.length) {
    if (++steps % seriesPerSlice === 0) yield;
    const tag = reader.tag(bytes.length);
    const end = reader.lengthEnd(bytes.length);
    if (tag === tags.symbol) symbols.push(bytes.subarray(reader.position, end));
    else if (tag === tags.series) transcodeSeries(reader, end, { bytes, symbols, writer });
    reader.position = end;
  }
  return { version: '1.0', counts, body: yield* snappyCompress(writer.finish()) };
}

interface Parts {
  readonly bytes: Buffer;
  readonly symbols: readonly Buffer[];
  readonly writer: ProtobufWriter;
}

function transcodeSeries(reader: WireReader, end: number, parts: Parts): void {
  const { bytes, writer } = parts;
  writer.tag(1, wireType.bytes);
  const series = writer.begin();
  while (reader.position < end) {
    const tag = reader.tag(end);
    const fieldEnd = reader.lengthEnd(end);
    if (tag === tags.references) {
      transcodeLabels(reader, fieldEnd, parts);
    } else if (tag === tags.samples || tag === tags.histograms) {
      writer.tag(tag === tags.samples ? fields.samples : fields.histograms, wireType.bytes);
      writer.bytes(bytes.subarray(reader.position, fieldEnd));
    } else if (tag === tags.exemplars) {
      transcodeExemplar(reader, fieldEnd, parts);
    }
    reader.position = fieldEnd;
  }
  writer.end(series);
}

/** Writes the labels of a series or of an exemplar, which both have the field number 1. */
function transcodeLabels(reader: WireReader, end: number, { symbols, writer }: Parts): void {
  while (reader.position < end) {
    writer.tag(fields.labels, wireType.bytes);
    const label = writer.begin();
    for (const nameOrValue of [1, 2]) {
      const text = symbols[reader.varint(end)]!;
      if (text.length === 0) continue;
      writer.tag(nameOrValue, wireType.bytes);
      writer.bytes(text);
    }
    writer.end(label);
  }
}

function transcodeExemplar(reader: WireReader, end: number, parts: Parts): void {
  const { bytes, writer } = parts;
  writer.tag(fields.exemplars, wireType.bytes);
  const exemplar = writer.begin();
  while (reader.position < end) {
    const start = reader.position;
    const tag = reader.tag(end);
    if (tag === tags.references) {
      transcodeLabels(reader, reader.lengthEnd(end), parts);
      continue;
    }
    reader.skip(tag, end, {});
    // Value and timestamp have the same fields in both versions.
    writer.raw(bytes.subarray(start, reader.position));
  }
  writer.end(exemplar);
}
