import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRpcStatus } from './rpc-status.ts';

const field = (number: number, value: Buffer) => Buffer.concat([Buffer.from([number * 8 + 2, value.length]), value]);
const varint = (value: bigint) => {
  const bytes: number[] = [];
  for (let left = BigInt.asUintN(64, value); ; left >>= 7n) {
    if (left < 128n) return Buffer.from([...bytes, Number(left)]);
    bytes.push(Number(left & 127n) | 128);
  }
};

/** A google.rpc.Status with a RetryInfo of this delay. */
function status(seconds: bigint, nanos: bigint): Buffer {
  const delay = Buffer.concat([Buffer.from([0x08]), varint(seconds), Buffer.from([0x10]), varint(nanos)]);
  const any = [field(1, Buffer.from('type.googleapis.com/google.rpc.RetryInfo')), field(2, field(1, delay))];
  return Buffer.concat([Buffer.from([0x08, 8]), field(2, Buffer.from('busy')), field(3, Buffer.concat(any))]);
}

test('reads code, message, and the delay of a RetryInfo', () => {
  expect(decodeRpcStatus(status(2n, 500_000_000n))).toEqual({
    code: 8,
    message: 'busy',
    details: ['type.googleapis.com/google.rpc.RetryInfo'],
    retryDelaySeconds: 2.5,
  });
});

test('a negative delay is 0', () => {
  expect(decodeRpcStatus(status(-5n, 0n))?.retryDelaySeconds).toBe(0);
  expect(decodeRpcStatus(status(0n, -500_000_000n))?.retryDelaySeconds).toBe(0);
});

test('a status that is cut anywhere is undefined or has fewer fields, and any bytes are read without another error', () => {
  const whole = status(2n, 5n);
  for (let length = 0; length < whole.length; length++) {
    const cut = decodeRpcStatus(whole.subarray(0, length));
    expect(cut?.details ?? []).toEqual([]);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const read = decodeRpcStatus(Buffer.from(bytes));
      return read === undefined || Number.isInteger(read.code);
    }),
  );
});
