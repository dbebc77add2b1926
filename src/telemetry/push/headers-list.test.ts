import { expect, test } from 'vitest';
import { headersList } from './headers-list.ts';

test('headers in one text', () => {
  const f = (text: string, want: Record<string, string>) =>
    expect(Object.fromEntries(headersList(text).map(({ name, value }) => [name, value]))).toEqual(want);
  f('', {});
  f('a=b', { a: 'b' });
  f(' a = b , c=d=e', { a: 'b', c: 'd=e' });
  f('authorization=Bearer%20x%3D', { authorization: 'Bearer x=' });
  f('a=%zz', { a: '%zz' });
  f('nothing,=x,b=', { b: '' });
});
