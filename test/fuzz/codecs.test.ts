import { randomBytes } from 'node:crypto';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { compress } from 'snappyjs';
import { describe, expect, test } from 'vitest';
import { BodyError } from '#compression/body-error.ts';
import { xxhash32 } from '#compression/xxhash32.ts';
import { decodeContent } from '#receivers/otlp/content-encoding.ts';
import { mutatedBytes } from './mutate-bytes.ts';
import { Random } from './random.ts';

const encoders: readonly (readonly [encoding: string, encode: (body: Buffer) => Buffer])[] = [
  ['gzip', (body) => zlib.gzipSync(body)],
  ['zlib', (body) => zlib.deflateSync(body)],
  ['deflate', (body) => zlib.deflateSync(body, { level: 1 })],
  ['zstd', (body) => zlib.zstdCompressSync(body)],
  ['snappy', (body) => Buffer.from(compress(body))],
  ['lz4', storedLz4],
];

/** Content that compresses well, poorly, or not at all. */
const content = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 200 })), { maxLength: 6 })
  .map((runs) => Buffer.concat(runs.flatMap(([bytes, repeats]) => Array(repeats).fill(Buffer.from(bytes)))));

async function decoded(encoding: string, body: Buffer, limit: number): Promise<Buffer | 'refused'> {
  try {
    const content = decodeContent(encoding, body, limit);
    return typeof content === 'function' ? await content() : content;
  } catch (error) {
    if (error instanceof BodyError) return 'refused';
    throw error;
  }
}

describe.each(encoders)('%s', (encoding, encode) => {
  test('decodes encoded content of up to exactly the limit', async () => {
    await fc.assert(
      fc.asyncProperty(content, fc.integer({ min: -5, max: 5 }), async (original, slack) => {
        const result = await decoded(encoding, encode(original), Math.max(original.length + slack, 1));
        if (slack < 0 && original.length > 1) expect(result).toBe('refused');
        else expect(Buffer.compare(result as Buffer, original)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test('stops at the limit for any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(content, fc.integer(), async (original, seed) => {
        const result = await decoded(encoding, mutatedBytes(encode(original), new Random(seed)), 5000);
        if (result !== 'refused') expect(result.length).toBeLessThanOrEqual(5000);
      }),
      { numRuns: 500 },
    );
  });
});

/* Bodies of a few bytes whose headers declare much more content. */
test.each([
  ['snappy: a block of 4 GB', 'snappy', 'ffffffff0f000061'],
  ['zstd: a content of 2^60 bytes and a window of 64 MB', 'zstd', '28b52ffdc0800000000000000010010000'],
  ['zstd: one segment of 2^40 bytes', 'zstd', '28b52ffde00000000000010000010000'],
  ['zstd: a window of 2^41 bytes', 'zstd', '28b52ffd00f8010000'],
  ['lz4: a content of 2^60 bytes', 'lz4', `04224d18${lz4Header('68700000000000000010')}ffffff7f`],
  ['lz4: a block of 4 MB without content', 'lz4', `04224d18${lz4Header('6070')}0000400000`],
])('%s: nothing is allocated for it', async (_, encoding, hex) => {
  const before = process.memoryUsage().arrayBuffers;
  const result = await decoded(encoding, Buffer.from(hex, 'hex'), 20 * 1024 * 1024);
  expect(result === 'refused' || result.length === 0).toBe(true);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024);
});

test('every codec refuses noise without long work', async () => {
  for (const [encoding] of encoders) {
    for (const size of [1, 100, 100_000]) expect(await decoded(encoding, randomBytes(size), 1_000_000)).toBe('refused');
  }
});

/** Returns an LZ4 frame of uncompressed blocks. */
function storedLz4(body: Buffer): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < body.length; at += 65_536) {
    const block = body.subarray(at, at + 65_536);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(block.length + 0x8000_0000);
    blocks.push(size, block);
  }
  return Buffer.concat([Buffer.from(`04224d18${lz4Header('6040')}`, 'hex'), ...blocks, Buffer.alloc(4)]);
}

/** Returns the descriptor of a frame with its checksum, in hexadecimal. */
function lz4Header(descriptor: string): string {
  const checksum = (xxhash32(Buffer.from(descriptor, 'hex')) >>> 8) & 0xff;
  return descriptor + checksum.toString(16).padStart(2, '0');
}
