import { expect, test } from 'vitest';
import { readId } from './read-id.ts';
import { WireReader } from './wire-reader.ts';

const read = (hex: string, kind: 'TraceID' | 'SpanID') => {
  const id = Buffer.from(hex, 'hex');
  return readId(new WireReader(Buffer.concat([Buffer.from([id.length]), id])), id.length + 1, kind);
};

test('an id is lower-case hex; none, or one of zeros, is empty', () => {
  const f = (kind: 'TraceID' | 'SpanID', hex: string, id: string) => expect(read(hex, kind)).toBe(id);
  f('TraceID', '0102030405060708090A0B0C0D0E0F10', '0102030405060708090a0b0c0d0e0f10');
  f('SpanID', '00000000000000ff', '00000000000000ff');
  f('TraceID', '', '');
  f('TraceID', '00'.repeat(16), '');
  f('SpanID', '00'.repeat(8), '');
});

test('an id of another length is refused', () => {
  for (const bytes of [1, 8, 15, 17]) {
    expect(() => read('01'.repeat(bytes), 'TraceID')).toThrow('unmarshal: invalid TraceID length');
  }
  for (const bytes of [1, 7, 9, 16]) {
    expect(() => read('01'.repeat(bytes), 'SpanID')).toThrow('unmarshal: invalid SpanID length');
  }
});
