import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteBuilder, toBuffer } from './byte-builder.ts';

test('returns all appended text, in any number of pieces', () => {
  const piece = fc.oneof(
    fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) }),
    fc.constantFrom('', 'x'.repeat(700_000), '\u00ff'.repeat(1_200_000)),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, fc.boolean()), { maxLength: 6 }), (pieces) => {
      const builder = new ByteBuilder();
      for (const [text, isTaken] of pieces) {
        const other = new ByteBuilder();
        other.append(text);
        if (isTaken) builder.take(other);
        else builder.append(text);
      }
      const all = pieces.map(([text]) => text).join('');
      expect(builder.length).toBe(all.length);
      expect(toBuffer(builder.bytes()).latin1Slice() === all).toBe(true);
    }),
    { numRuns: 40 },
  );
});
