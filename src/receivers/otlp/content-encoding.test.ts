import { readFileSync } from 'node:fs';
import { buffer as readAll } from 'node:stream/consumers';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { compress } from 'snappyjs';
import { describe, expect, test } from 'vitest';
import { BodyError, tooLarge } from '#compression/body-error.ts';
import { crc32c } from '#compression/crc32c.ts';
import { snappyStreamIdentifier } from '#compression/snappy-framed.ts';
import { xxhash32 } from '#compression/xxhash32.ts';
import { decodeContent } from './content-encoding.ts';

const limit = 20 * 1024 * 1024;
const testdata = (name: string) => readFileSync(new URL(`../../compression/testdata/${name}`, import.meta.url));
const payload = zlib.gunzipSync(testdata('payload.gz'));
const twice = Buffer.concat([payload, payload]);

/** Returns the decoded bytes, or the message of the refusal. */
async function decoded(encoding: string, body: Buffer, bound = limit): Promise<Buffer | string> {
  try {
    const content = decodeContent(encoding, body, bound);
    return typeof content === 'function' ? await content() : content;
  } catch (error) {
    if (error instanceof BodyError) return error.message;
    throw error;
  }
}

const samples: readonly (readonly [encoding: string, name: string, body: Buffer, expected: Buffer])[] = [
  ['gzip', 'one member', testdata('payload.gz'), payload],
  ['gzip', 'two members', Buffer.concat([testdata('payload.gz'), testdata('payload.gz')]), twice],
  ['zlib', 'a zlib stream', zlib.deflateSync(payload), payload],
  ['deflate', 'a zlib stream', zlib.deflateSync(payload), payload],
  ['zstd', 'one frame', zlib.zstdCompressSync(payload), payload],
  ['zstd', 'two frames', Buffer.concat([zlib.zstdCompressSync(payload), zlib.zstdCompressSync(payload)]), twice],
  ['snappy', 'a block', testdata('block.snappy'), payload],
  ['snappy', 'frames', testdata('framed.snappy'), payload],
  ['x-snappy-framed', 'frames', testdata('framed.snappy'), payload],
  ['lz4', 'independent blocks', testdata('default.lz4'), payload],
  ['lz4', 'linked blocks and a content size', testdata('linked-blocks.lz4'), payload],
  ['lz4', 'block checksums', testdata('block-checksums.lz4'), payload],
  ['lz4', 'high compression', testdata('high-compression.lz4'), payload],
  ['lz4', 'two frames', testdata('two-frames.lz4'), twice],
];

describe('what native encoders wrote', () => {
  test.each(samples)('%s: %s is decoded', async (encoding, _name, body, expected) => {
    expect(expected.equals((await decoded(encoding, body)) as Buffer)).toBe(true);
  });

  test.each(samples)(
    '%s: %s is decoded when it has exactly the limit, and refused one byte above',
    async (...sample) => {
      const [encoding, , body, expected] = sample;
      expect(await decoded(encoding, body, expected.length)).toHaveLength(expected.length);
      const refusal = await decoded(encoding, body, expected.length - 1);
      const isBlock = encoding === 'snappy' && sample[1] === 'a block';
      expect(refusal).toBe(isBlock ? 'snappy: decoded size exceeds max request body size' : tooLarge);
    },
  );
});

// Asked of the collector: each body cut, lengthened, empty.
const small = Buffer.from(
  'a small body that is long enough to be compressed: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
);
const garbage = Buffer.from('garbagegarbage');
const bySmall: Readonly<Record<string, Buffer>> = {
  gzip: zlib.gzipSync(small),
  zlib: zlib.deflateSync(small),
  zstd: zlib.zstdCompressSync(small),
  snappy: Buffer.from(compress(small)),
  lz4: testdata('default.lz4'),
};
describe.each([
  ['gzip', 'empty', '', 'EOF'],
  ['gzip', 'cut', -3, 'unexpected EOF'],
  ['gzip', 'only the first byte', 1, 'unexpected EOF'],
  ['gzip', 'followed by zeros', '\0'.repeat(20), 'gzip: invalid header'],
  ['gzip', 'garbage', garbage, 'gzip: invalid header'],
  ['zlib', 'empty', '', 'unexpected EOF'],
  ['zlib', 'cut', -3, 'unexpected EOF'],
  ['zlib', 'garbage', garbage, 'zlib: invalid header'],
  ['zlib', 'followed by more', 'garbage', small],
  ['zstd', 'empty', '', Buffer.alloc(0)],
  ['zstd', 'cut', -3, 'unexpected EOF'],
  ['zstd', 'of 3 bytes', Buffer.alloc(3), 'unexpected EOF'],
  ['gzip', 'of 9 bytes', Buffer.alloc(9), 'unexpected EOF'],
  ['zstd', 'followed by more', 'garbage', 'invalid input: magic number mismatch'],
  ['zstd', 'garbage', garbage, 'invalid input: magic number mismatch'],
  ['snappy', 'empty', '', 'snappy: corrupt input'],
  ['snappy', 'cut', -3, 'snappy: corrupt input'],
  ['snappy', 'followed by more', 'garbage', 'snappy: corrupt input'],
  ['snappy', 'garbage', garbage, 'snappy: corrupt input'],
  ['x-snappy-framed', 'empty', '', Buffer.alloc(0)],
  ['x-snappy-framed', 'garbage', garbage, 'snappy: corrupt input'],
  ['lz4', 'empty', '', Buffer.alloc(0)],
  ['lz4', 'cut', -3, 'unexpected EOF'],
  ['lz4', 'only the first byte', 1, 'unexpected EOF'],
  ['lz4', 'followed by more', 'garbage', 'lz4: bad magic number'],
  ['lz4', 'garbage', garbage, 'lz4: bad magic number'],
] as const)('%s', (encoding, name, change, expected) => {
  test(`${name} returns ${Buffer.isBuffer(expected) ? 'the original' : expected}`, async () => {
    const body = bySmall[encoding] ?? Buffer.alloc(0);
    const changed =
      typeof change === 'number'
        ? body.subarray(0, change)
        : Buffer.isBuffer(change)
          ? change
          : change === ''
            ? Buffer.alloc(0)
            : Buffer.concat([body, Buffer.from(change)]);
    expect(await decoded(encoding, changed)).toStrictEqual(expected);
  });
});

test('bodies of 128 KiB and more are decoded on another thread, and refused like others', async () => {
  // Bytes that do not repeat, so that they hardly become fewer.
  const noise = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (Math.imul(i, 0x9e3779b1) >>> 13) & 0xff));
  for (const [encoding, compressed] of [
    ['gzip', zlib.gzipSync(noise, { level: 0 })],
    ['zlib', zlib.deflateSync(noise, { level: 0 })],
  ] as const) {
    expect(decodeContent(encoding, compressed, limit)).toBeInstanceOf(Function);
    expect(noise.equals((await decoded(encoding, compressed)) as Buffer)).toBe(true);
    expect(await decoded(encoding, compressed, noise.length - 1)).toBe(tooLarge);
    expect(await decoded(encoding, compressed.subarray(0, -9))).toBe('unexpected EOF');
  }
  expect(decodeContent('gzip', zlib.gzipSync(noise.subarray(0, 100_000), { level: 0 }), limit)).toBeInstanceOf(Buffer);
});

describe('a bomb stops at the limit', () => {
  const zeros = Buffer.alloc(100 * 1024 * 1024);
  const framedChunk = () => {
    const content = Buffer.from(compress(zeros.subarray(0, 65_536)));
    const checksum = crc32c(zeros.subarray(0, 65_536));
    const masked = (((checksum >>> 15) | (checksum << 17)) + 0xa282_ead8) >>> 0;
    const chunk = Buffer.alloc(8 + content.length);
    chunk.writeUIntLE(4 + content.length, 1, 3);
    chunk.writeUInt32LE(masked, 4);
    content.copy(chunk, 8);
    return chunk;
  };
  test.each([
    ['gzip', () => zlib.gzipSync(zeros)],
    ['zlib', () => zlib.deflateSync(zeros)],
    ['deflate', () => zlib.deflateSync(zeros)],
    ['zstd', () => zlib.zstdCompressSync(zeros)],
    ['x-snappy-framed', () => Buffer.concat([snappyStreamIdentifier, ...Array(1600).fill(framedChunk())])],
    ['lz4', lz4Bomb],
  ])('%s: 100 MiB of zeros', async (encoding, bomb) => {
    const body = bomb();
    const before = process.memoryUsage().arrayBuffers;
    expect(await decoded(encoding, body)).toBe(tooLarge);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * limit);
  });

  test('snappy: a block that declares 4 GB is refused before anything is allocated', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const body = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0x61]);
    expect(await decoded('snappy', body)).toBe('snappy: decoded size exceeds max request body size');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
  });

  test('snappy: a block that declares far more than its bytes can hold is refused before anything is allocated', async () => {
    expect(await decoded('snappy', Buffer.from([0x80, 0x80, 0x80, 0x08, 0, 0x61]))).toBe('snappy: corrupt input');
  });
});

/** One frame with 26 blocks, each of which expands to 4 MiB. */
function lz4Bomb(): Buffer {
  const descriptor = Buffer.from([0x60, 0x70]);
  const runs = Math.floor((4 * 1024 * 1024 - 20) / 255);
  const block = Buffer.concat([
    Buffer.from([0x1f, 0, 1, 0]),
    Buffer.alloc(runs, 255),
    Buffer.from([0, 0x50, 0, 0, 0, 0, 0]),
  ]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(block.length);
  const blocks = Array.from({ length: 26 }, () => [size, block]).flat();
  const checksum = (xxhash32(descriptor) >>> 8) & 0xff;
  return Buffer.concat([
    Buffer.from([4, 0x22, 0x4d, 0x18]),
    descriptor,
    Buffer.from([checksum]),
    ...blocks,
    Buffer.alloc(4),
  ]);
}

test('snappy: a literal whose length does not fit 31 bits is refused (it sends another library into a loop)', async () => {
  const body = Buffer.from([4, 0xfc, 0xfa, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
  expect(await decoded('snappy', body)).toBe('snappy: corrupt input');
});

describe('properties', () => {
  test('decodes snappy blocks of another encoder', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.integer({ min: 1, max: 40 }), (bytes, repeats) => {
        const original = Buffer.concat(Array(repeats).fill(Buffer.from(bytes)));
        const back = decodeContent('snappy', Buffer.from(compress(original)), limit);
        return original.equals(back as Buffer);
      }),
      { numRuns: 200 },
    );
  });

  const encoded: readonly (readonly [string, Buffer])[] = [
    ['snappy', Buffer.from(compress(payload.subarray(0, 3000)))],
    ['snappy', testdata('framed.snappy').subarray(0, 3000)],
    ['lz4', testdata('linked-blocks.lz4').subarray(0, 3000)],
    ['lz4', testdata('block-checksums.lz4').subarray(0, 3000)],
    ['gzip', zlib.gzipSync(payload.subarray(0, 3000))],
    ['zstd', zlib.zstdCompressSync(payload.subarray(0, 3000))],
  ];
  test.each(encoded)('%s: changed bytes result in a BodyError or a body within the limit', async (encoding, body) => {
    const change = fc.record({ at: fc.nat(body.length - 1), value: fc.integer({ min: 0, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(body.length), async (changes, cut) => {
        const changed = Buffer.from(body);
        for (const { at, value } of changes) changed[at] = value;
        const result = await decoded(encoding, cut % 3 === 0 ? changed.subarray(0, cut) : changed, 100_000);
        return typeof result === 'string' || result.length <= 100_000;
      }),
      { numRuns: 500 },
    );
  });
});

test('checksums agree with their published values', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe306_9283);
  expect(xxhash32(Buffer.from(''))).toBe(0x02cc_5d05);
  expect(xxhash32(Buffer.from('Nobody inspects the spammish repetition'))).toBe(0xe229_3b2f);
});

test.each([
  [23, 20 * 1024 * 1024, 'decoded'],
  [24, 20 * 1024 * 1024, 'window size exceeded'],
  [24, 32 * 1024 * 1024, 'decoded'],
  [26, 32 * 1024 * 1024, 'window size exceeded'],
])('a zstd window of 2^%i with a limit of %i bytes: %s', async (windowLog, limit, expected) => {
  // Without a size in its header, a frame declares the whole window.
  const stream = zlib.createZstdCompress({ params: { [zlib.constants.ZSTD_c_windowLog]: windowLog } });
  const body = readAll(stream);
  stream.write(small);
  stream.flush(() => stream.end(small));
  const decoded = async () => {
    const content = decodeContent('zstd', await body, limit);
    return typeof content === 'function' ? content() : content;
  };
  if (expected === 'decoded') expect(await decoded()).toEqual(Buffer.concat([small, small]));
  else await expect(decoded()).rejects.toThrow(expected);
});
