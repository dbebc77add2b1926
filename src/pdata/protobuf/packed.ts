import { listTooLong } from '../item-limits.ts';
import { DecodeError } from './decode-error.ts';
import type { WireReader } from './wire-reader.ts';

/**
 * Appends the doubles of the packed field whose length is at the current position.
 * @throws OverLimit if the list becomes too long
 */
export function readPackedDoubles(reader: WireReader, end: number, into: number[]): void {
  readDoubles(reader, reader.lengthEnd(end), into);
}

/** Appends doubles up to `end`. */
export function readDoubles(reader: WireReader, end: number, into: number[]): void {
  const { view } = reader;
  let position = reader.position;
  if ((end - position) % 8 !== 0) throw oddLength(end - position, 'ExplicitBounds');
  checkLength(reader, into.length + (end - position) / 8);
  for (; position < end; position += 8) into.push(view.getFloat64(position, true));
  reader.position = position;
}

/** Appends the numbers of the packed fixed64 field whose length is at the current position. */
export function readPackedFixed64(reader: WireReader, end: number, into: number[]): void {
  const fieldEnd = reader.lengthEnd(end);
  const { view } = reader;
  let position = reader.position;
  if ((fieldEnd - position) % 8 !== 0) throw oddLength(fieldEnd - position, 'BucketCounts');
  checkCounts(reader, into.length + (fieldEnd - position) / 8);
  for (; position < fieldEnd; position += 8) {
    const high = view.getUint32(position + 4, true);
    const low = view.getUint32(position, true);
    into.push(high === 0 ? low : high < 0x200000 ? high * 4294967296 + low : Number(view.getBigUint64(position, true)));
  }
  reader.position = position;
}

/** Appends the bucket counts of the packed uint64 field whose length is at the current position. */
export function readPackedVarints(reader: WireReader, end: number, into: number[]): void {
  const fieldEnd = reader.lengthEnd(end);
  reader.expectBuckets(fieldEnd - reader.position);
  while (reader.position < fieldEnd) {
    checkLength(reader, into.length + 1);
    into.push(readCount(reader, fieldEnd));
  }
}

/**
 * Checks the number of bucket counts of a histogram, which is one more than that of its bounds.
 * @throws OverLimit if there are too many
 */
export function checkCounts(reader: WireReader, length: number): void {
  if (length > reader.maxListLength + 1) throw listTooLong;
}

/**
 * Checks the number of elements in a list.
 * @throws OverLimit if there are too many
 */
export function checkLength(reader: WireReader, length: number): void {
  if (length > reader.maxListLength) throw listTooLong;
}

/** Reads a uint64 varint as a number, rounded like float64(uint64) in Go. */
export function readCount(reader: WireReader, end: number): number {
  const start = reader.position;
  const value = reader.varint(end);
  if (value <= Number.MAX_SAFE_INTEGER) return value;
  reader.position = start;
  return Number(reader.varint64(end));
}

function oddLength(length: number, field: string): DecodeError {
  return new DecodeError(`proto: invalid field len = ${length % 8} for field ${field}`);
}
