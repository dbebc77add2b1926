import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escaped, html } from './html.ts';

test('values are escaped, HTML is not', () => {
  expect(html`<p title="${'"><script>'}">${html`<b>${'<&>'}</b>`}${[1, null, 'a']}</p>`.source).toBe(
    '<p title="&#34;&#62;&#60;script&#62;"><b>&#60;&#38;&#62;</b>1a</p>',
  );
});

test('no text can leave its place', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escaped(text)).not.toMatch(/[<>"'`]/);
    }),
  );
});
