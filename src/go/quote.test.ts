import { expect, test } from 'vitest';
import { quoteGo } from './quote.ts';

test('text in quotes as Go writes it', () => {
  const f = (text: string, want: string) => expect(quoteGo(text)).toBe(want);
  f('', '""');
  f('a.b c', '"a.b c"');
  f('say "hi"\\', '"say \\"hi\\"\\\\"');
  f('\n\t\x07\b\f\r\v', '"\\n\\t\\a\\b\\f\\r\\v"');
  f('\x00\x7f', '"\\x00\\x7f"');
  f('温度 ü €', '"温度 ü €"');
  f('\u00a0\u200b\ue000', '"\\u00a0\\u200b\\ue000"');
  f('\u{e0001}', '"\\U000e0001"');
  f('a\udcffb', '"a\\xffb"');
});
