import { ProtobufWriter, wireType } from '#bytes/protobuf-writer.ts';
import { decodeSnappyBlock } from '#compression/snappy-block.ts';
import { snappyCompress } from '#compression/snappy-compress.ts';
import type { Slices } from '#flow/slices.ts';
import { WireReader } from '#pdata/protobuf/wire-reader.ts';
import type { EncodedRequest } from './encode-requests.ts';

/** Series between two pauses. */
const seriesPerSlice = 500;
/** Tags by version: field × 8 + wire type. */
const tagsOf = {
  '1.0': { series: 0x0a, samples: 0x12, histograms: 0x22 },
  '2.0': { series: 0x2a, samples: 0x12, histograms: 0x1a },
} as const;

/**
 * Removes the native histograms of a request, and the series that contain nothing else. Returns undefined if nothing is left.
 */
export function* withoutHistograms({ version, body, counts }: EncodedRequest): Slices<EncodedRequest | undefined> {
  const tags = tagsOf[version];
  const bytes = decodeSnappyBlock(body, Number.POSITIVE_INFINITY);
  const reader = new WireReader(bytes);
  const writer = new ProtobufWriter(bytes.length);
  let steps = 0;
  let series = 0;
  while (reader.position < bytes.length) {
    if (++steps % seriesPerSlice === 0) yield;
    const start = reader.position;
    const tag = reader.tag(bytes.length);
    const end = reader.lengthEnd(bytes.length);
    if (tag !== tags.series) {
      writer.raw(bytes.subarray(start, end));
    } else {
      const kept = keptFields(reader, end, { bytes, tags });
      if (kept !== undefined) {
        series += 1;
        writer.tag(tag >>> 3, wireType.bytes);
        const begun = writer.begin();
        for (const field of kept) writer.raw(field);
        writer.end(begun);
      }
    }
    reader.position = end;
  }
  if (series === 0) return undefined;
  return { version, counts: { ...counts, series, histograms: 0 }, body: yield* snappyCompress(writer.finish()) };
}

/** Returns the fields of a series except its histograms, or undefined if it has no samples. */
function keptFields(
  reader: WireReader,
  end: number,
  { bytes, tags }: { readonly bytes: Buffer; readonly tags: (typeof tagsOf)['1.0' | '2.0'] },
): Buffer[] | undefined {
  const kept: Buffer[] = [];
  let hasSamples = false;
  while (reader.position < end) {
    const start = reader.position;
    const tag = reader.tag(end);
    reader.skip(tag, end, {});
    hasSamples ||= tag === tags.samples;
    if (tag !== tags.histograms) kept.push(bytes.subarray(start, reader.position));
  }
  return hasSamples ? kept : undefined;
}
