import { expect, test } from 'vitest';
import { negotiateCompression } from './negotiate-compression.ts';

test('negotiates the coding of a response', () => {
  const f = (lines: string | string[], want: string | undefined) =>
    expect(negotiateCompression([lines].flat()), String(lines)).toBe(want);
  f([], 'identity');
  f('', 'identity');
  f('gzip', 'gzip');
  f('gzip, deflate', 'gzip');
  f('deflate, gzip;q=0.5', 'gzip');
  f('*', 'identity');
  f('gzip;q=0.5, identity', 'identity');
  f('identity;q=0.5, gzip', 'gzip');
  f('deflate', 'identity');
  f('br', 'identity');
  f('GZIP', 'identity');
  f('gzip;q=0', undefined);
  f('identity;q=0', undefined);
  f('gzip;q=0.000', undefined);
  f('gzip;q=0.001', 'gzip');
});

test('zstd is for those who do not accept gzip as much', () => {
  const f = (line: string, want: string) => expect(negotiateCompression([line])).toBe(want);
  f('zstd', 'zstd');
  f('gzip, zstd', 'gzip');
  f('zstd, gzip', 'gzip');
  f('zstd, gzip;q=0.5', 'zstd');
});

test('what is not understood abandons the rest of its line, not the other lines', () => {
  const f = (lines: string[], want: string | undefined) => expect(negotiateCompression(lines)).toBe(want);
  f(['br;level=1, gzip'], 'identity');
  f(['br;level=1, gzip', 'gzip'], 'gzip');
  f(['gzip;q=2'], 'identity');
  f(['br;q=x, gzip'], 'identity');
  f(['gzip;q=0.5;level=1, identity'], 'gzip');
  f([', gzip'], 'identity');
  f(['gzip deflate'], 'gzip');
  f(['gzip ; q=1.0 , br'], 'gzip');
  f(['x/y, gzip'], 'gzip');
});
