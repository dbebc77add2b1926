import { gunzipSync, gzipSync } from 'node:zlib';
import { isJson } from './plain-body.ts';
import type { RecordedRequest } from './read-recording.ts';
import { type Shape, visitFields } from './visit-fields.ts';

/** Returns the new value of a time in Unix nanoseconds. */
export type Moment = (unixNano: bigint) => bigint;

type Times = Shape<'time'>;

const exemplar: Times = { 2: 'time' };
const point = (exemplars: number): Times => ({ 2: 'time', 3: 'time', [exemplars]: exemplar });
const data = (dataPoint: Times): Times => ({ 1: dataPoint });
const inScopes = (item: Times): Times => ({ 1: { 2: { 2: item } } });

/** opentelemetry-proto: messages that contain times, by path. */
const shapes: Readonly<Record<string, Times>> = {
  '/v1/metrics': inScopes({
    5: data(point(5)),
    7: data(point(5)),
    9: data(point(8)),
    10: data(point(11)),
    11: data({ 2: 'time', 3: 'time' }),
  }),
  '/v1/traces': inScopes({ 7: 'time', 8: 'time', 11: { 1: 'time' } }),
  '/v1/logs': inScopes({ 1: 'time', 11: 'time' }),
};

/**
 * Returns the body of the request with other times. 0 (unknown) does not change. Lengths do not change, so a protobuf
 * body is changed in place, in a copy. Supports protobuf and JSON, uncompressed or with gzip. A malformed protobuf message does not change:
 * real clients send some, and the receiver's answer to them belongs to the recording.
 * @throws Error if the body has another encoding
 */
export function withTimes({ path, headers, body }: RecordedRequest, moment: Moment): Buffer {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new Error(`times of a body with Content-Encoding: ${encoding} cannot be shifted`);
  }
  const plain = encoding === 'gzip' ? gunzipSync(body()) : Buffer.from(body());
  const shift: Moment = (time) => (time === 0n ? 0n : moment(time));
  const shifted = isJson(headers, plain) ? inJson(plain, shift) : inProtobuf(plain, shapes[path] ?? {}, shift);
  return encoding === 'gzip' ? gzipSync(shifted) : shifted;
}

function inProtobuf(bytes: Buffer, shape: Times, moment: Moment): Buffer {
  const times: number[] = [];
  try {
    visitFields(bytes, shape, (_, start, end) => {
      if (end - start === 8) times.push(start);
    });
  } catch {
    return bytes;
  }
  for (const at of times) bytes.writeBigUInt64LE(BigInt.asUintN(64, moment(bytes.readBigUInt64LE(at))), at);
  return bytes;
}

/** `"timeUnixNano": "1"` and similar fields, as a text or a number, so that other bytes do not change. */
const jsonTime = /("(?:start|observed|end)?[tT]ime[_]?[uU]nix[_]?[nN]ano"\s*:\s*"?)(\d+)/g;

function inJson(body: Buffer, moment: Moment): Buffer {
  return Buffer.from(
    body.toString('utf8').replace(jsonTime, (_, head: string, time: string) => head + moment(BigInt(time))),
  );
}

/** Returns the latest time in a request, or undefined if it has none. */
export function latestTime(request: RecordedRequest): bigint | undefined {
  let latest: bigint | undefined;
  withTimes(request, (time) => {
    if (latest === undefined || time > latest) latest = time;
    return time;
  });
  return latest;
}
