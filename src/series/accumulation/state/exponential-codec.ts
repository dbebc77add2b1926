import type { Buckets } from '#pdata/metrics.ts';
import type { ExponentialValue } from '../../exponential-merge.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Writes the value of an exponential histogram. */
export function writeExponential(value: ExponentialValue, writer: ByteWriter): void {
  writer.int(value.scale);
  writer.uint(value.count);
  writer.double(value.sum ?? 0);
  writer.uint(value.zeroCount);
  writer.double(value.zeroThreshold);
  writeBuckets(value.positive, writer);
  writeBuckets(value.negative, writer);
}

/** Reads a value that `writeExponential` wrote. */
export function readExponential(reader: ByteReader): ExponentialValue {
  return {
    scale: reader.int(),
    count: reader.uint(),
    sum: reader.double(),
    zeroCount: reader.uint(),
    zeroThreshold: reader.double(),
    positive: readBuckets(reader),
    negative: readBuckets(reader),
  };
}

/** Writes the offset and counts of buckets. */
export function writeBuckets({ offset, bucketCounts }: Buckets, writer: ByteWriter): void {
  writer.int(offset);
  writer.uints(bucketCounts);
}

/** Reads buckets that `writeBuckets` wrote. */
export function readBuckets(reader: ByteReader): Buckets {
  return { offset: reader.int(), bucketCounts: reader.uints() };
}
