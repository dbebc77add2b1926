import { expect, test } from 'vitest';
import { isForPerson, terminalEncoding } from './terminal-encoding.ts';

const time = new Date(2026, 0, 2, 3, 4, 5);
const plain = terminalEncoding({ isColored: false });

function line(message: string | Uint8Array, fields: object = {}, encoding = plain): string {
  const context = encoding.encodeFields({
    resource: { a: 1 },
    'otelcol.component.id': 'otlp',
    'otelcol.component.kind': 'receiver',
  });
  const joined = encoding.joinFields(context, encoding.encodeFields(fields as Record<string, unknown>));
  const entry = { time, level: 'warn', caller: 'a/b.ts:1', message, fields: joined } as const;
  return Buffer.concat(encoding.encode(entry).map((piece) => Buffer.from(piece))).toString();
}

test('time, level, text, and the fields that matter', () => {
  expect(line('Hello', { n: 1, text: 'a b', error: new Error('no "x"'), list: [1], none: undefined })).toBe(
    '03:04:05 warn  Hello  n=1 text="a b" error="no \\"x\\"" list=[1] component=otlp\n',
  );
});

test('colors only if they are wanted', () => {
  expect(line('Hello', {}, terminalEncoding({ isColored: true }))).toBe(
    '\u001b[2m03:04:05\u001b[0m \u001b[1;33mwarn \u001b[0m Hello  \u001b[2mcomponent=otlp\u001b[0m\n',
  );
});

test('texts from the network cannot control the terminal', () => {
  expect(line('a\u001b]0;title\u0007\u009bm', { key: '\u001b[31m' })).not.toMatch(/[\u001b\u0007\u009b]/);
  expect(line(Buffer.from('a\u001b[2J\n\tb\u009bm é\u007f'))).toBe('03:04:05 warn  a.[2J\n\tb..m é.\n');
});

test('a text of several lines has no fields after it', () => {
  expect(line('a\nb\n')).toBe('03:04:05 warn  a\nb\n\n');
});

test('files, pipes, and PITOT_LOG=collector have the layout of the Collector', () => {
  expect(isForPerson(['/tmp/log'], {})).toBe(false);
  expect(isForPerson([], {})).toBe(false);
  expect(isForPerson(['stderr'], { PITOT_LOG: 'collector' })).toBe(false);
});
