import { ProtobufWriter } from '#bytes/protobuf-writer.ts';
import { snappyCompress } from '#compression/snappy-compress.ts';
import type { Slices } from '#flow/slices.ts';
import { encodeMetadataV1, encodeSeriesV1 } from './encode-v1.ts';
import { encodeSeriesV2 } from './encode-v2.ts';
import { textBytesOf } from './kept-labels.ts';
import { Symbols } from './symbols.ts';
import type { FamilyMetadata, WriteLabels, WriteSeries } from './write-series.ts';

/** Versions of the protocol. */
export type ProtocolVersion = '1.0' | '2.0';

/** Numbers of series, samples, histograms, and exemplars in a request. */
export interface RequestCounts {
  readonly series: number;
  readonly samples: number;
  readonly histograms: number;
  readonly exemplars: number;
}

/** One request, ready to send. */
export interface EncodedRequest {
  readonly version: ProtocolVersion;
  /** Protobuf, compressed with snappy. */
  readonly body: Buffer;
  readonly counts: RequestCounts;
}

/** Number of series to encode between two pauses. */
const seriesPerSlice = 500;

/** Parameters of {@link encodeRequests}. */
export interface EncodeOptions {
  readonly version: ProtocolVersion;
  /** Size above which a request is split, in bytes before compression. A series is never split. */
  readonly maxBytes: number;
}

/**
 * Encodes series as requests that are not larger than `maxBytes`. In Remote Write 1.0, metadata follows in separate requests,
 * as the Collector sends it. The work can also pause where `series` yields undefined.
 */
export function* encodeRequests(
  series: Iterable<WriteSeries | undefined>,
  metadata: Iterable<FamilyMetadata>,
  { version, maxBytes }: EncodeOptions,
): Slices<EncodedRequest[]> {
  const requests: EncodedRequest[] = [];
  let batch = new Batch(version);
  let steps = 0;
  for (const one of series) {
    if (one === undefined || ++steps % seriesPerSlice === 0) yield;
    if (one === undefined) continue;
    if (batch.series > 0 && batch.length + largestSize(one) > maxBytes) {
      requests.push(yield* batch.finish());
      batch = new Batch(version);
    }
    batch.add(one);
  }
  if (batch.series > 0) requests.push(yield* batch.finish());
  if (version === '2.0') return requests;
  let described = new Batch(version);
  for (const one of metadata) {
    if (described.length >= maxBytes) {
      requests.push(yield* described.finish());
      described = new Batch(version);
    }
    described.describe(one);
  }
  if (described.length > 0) requests.push(yield* described.finish());
  return requests;
}

/** Largest sizes of encoded parts, in addition to their texts. */
const fieldSize = 12;
const sampleSize = 36;
const histogramSize = 100;

/** Returns a size that the encoded series does not exceed, in bytes. */
function largestSize({ labels, samples, histograms, exemplars, metadata }: WriteSeries): number {
  let size = 2 * fieldSize + labelsSize(labels) + samples.length * sampleSize;
  size += 2 * fieldSize + metadata.help.length + metadata.unit.length;
  for (const exemplar of exemplars) size += sampleSize + labelsSize(exemplar.labels);
  for (const { positive, negative, customBounds = [] } of histograms) {
    const { spans, deltas } = positive;
    size +=
      histogramSize +
      fieldSize * (customBounds.length + spans.length + deltas.length + negative.spans.length + negative.deltas.length);
  }
  return size;
}

function labelsSize(labels: WriteLabels): number {
  return 2 * fieldSize * labels.names.length + textBytesOf(labels);
}

/** A request while it grows. */
class Batch {
  series = 0;
  readonly #version: ProtocolVersion;
  readonly #writer = new ProtobufWriter(65_536);
  readonly #symbols: Symbols | undefined;
  #samples = 0;
  #histograms = 0;
  #exemplars = 0;

  constructor(version: ProtocolVersion) {
    this.#version = version;
    this.#symbols = version === '2.0' ? new Symbols() : undefined;
  }

  /** Size in bytes. */
  get length(): number {
    return this.#writer.length + (this.#symbols?.length ?? 0);
  }

  add(series: WriteSeries): void {
    this.series += 1;
    this.#samples += series.samples.length;
    this.#histograms += series.histograms.length;
    this.#exemplars += series.exemplars.length;
    if (this.#symbols === undefined) encodeSeriesV1(this.#writer, series);
    else encodeSeriesV2(this.#writer, this.#symbols, series);
  }

  describe(metadata: FamilyMetadata): void {
    encodeMetadataV1(this.#writer, metadata);
  }

  *finish(): Slices<EncodedRequest> {
    const body = this.#writer.finish();
    const message = this.#symbols === undefined ? body : Buffer.concat([this.#symbols.finish(), body]);
    return {
      version: this.#version,
      body: yield* snappyCompress(message),
      counts: {
        series: this.series,
        samples: this.#samples,
        histograms: this.#histograms,
        exemplars: this.#exemplars,
      },
    };
  }
}
