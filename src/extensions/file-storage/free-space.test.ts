import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FreeSpace } from './free-space.ts';

const written = async () => undefined;

test('a write that fits is made', async () => {
  await expect(new FreeSpace(join(tmpdir(), 'x.db')).claim(1, undefined, written)).resolves.toBeUndefined();
});

test('a write that the disk cannot hold is refused, and later ones are not', async () => {
  const space = new FreeSpace(join(tmpdir(), 'x.db'));
  await expect(space.claim(2 ** 60, undefined, written)).rejects.toThrow(
    /^disk of .*x\.db is full: \d+ bytes are free$/,
  );
  await expect(space.claim(1, undefined, written)).resolves.toBeUndefined();
});

test.each(['/proc/x.db', '/missing/x.db'])('%s: without sizes of the disk, the write decides', async (path) => {
  await expect(new FreeSpace(path).claim(2 ** 60, undefined, written)).resolves.toBeUndefined();
});
