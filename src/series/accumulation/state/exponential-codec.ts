import type { Buckets } from '#pdata/metrics.ts';
import type { ExponentialValue } from '../../exponential-merge.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

export function writeExponential(value: ExponentialValue, writer: ByteWriter): void {
  writer.int(value.scale);
  writer.uint(value.count);
  writer.double(value.sum ?? 0);
  writer.uint(value.zeroCount);
  writer.double(value.zeroThreshold);
  writeBuckets(value.positive, writer);
  writeBuckets(value.negative, writer);
}

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

export function writeBuckets({ offset, bucketCounts }: Buckets, writer: ByteWriter): void {
  writer.int(offset);
  writer.uints(bucketCounts);
}

export function readBuckets(reader: ByteReader): Buckets {
  return { offset: reader.int(), bucketCounts: reader.uints() };
}
