import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bodyFaultOf, bodyFaults, remedyOfBody } from './body-faults.ts';

test.each<[string, Buffer, { encoding: string; isProtobuf: boolean }, string | undefined]>([
  ['gzip without its header', gzipSync('x'), { encoding: '', isProtobuf: false }, bodyFaults.gzipUnlabeled],
  ['gzip with its header', gzipSync('x'), { encoding: 'gzip', isProtobuf: false }, undefined],
  ['no gzip', Buffer.from('x'), { encoding: 'gzip', isProtobuf: true }, bodyFaults.notGzip],
  ['an empty body', Buffer.alloc(0), { encoding: 'gzip', isProtobuf: true }, bodyFaults.notGzip],
  ['JSON as protobuf', Buffer.from(' {\n "a": 1}'), { encoding: '', isProtobuf: true }, bodyFaults.jsonAsProtobuf],
  ['JSON', Buffer.from('{"a": 1}'), { encoding: '', isProtobuf: false }, undefined],
  ['broken protobuf', Buffer.from([0x0a, 0xff]), { encoding: '', isProtobuf: true }, undefined],
])('%s', (_, head, request, expected) => {
  expect(bodyFaultOf(head, request)).toBe(expected);
  if (expected) expect(remedyOfBody(`${expected}: unexpected EOF`)).toMatch(/^The body is /);
});

test('another error has no remedy of its own', () => expect(remedyOfBody('unexpected EOF')).toBeUndefined());
