import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccumulatedSeries } from './accumulated-series.ts';
import { Stream } from './stream.ts';
import { StreamIndex } from './stream-index.ts';

const streamOf = (startTimeUnixNano: bigint, process: string) =>
  Stream.begun(
    undefined as unknown as AccumulatedSeries,
    { startTimeUnixNano, process },
    { value: 0, timeUnixNano: 0n, heardMs: 0 },
  );

test('finds what a plain map would, whatever comes and goes', () => {
  const step = fc.record({
    startTimeUnixNano: fc.bigInt({ min: 0n, max: 3n }),
    process: fc.constantFrom('', 'a', 'b'),
    isGone: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const index = new StreamIndex();
      const model = new Map<string, Stream>();
      for (const { isGone, ...key } of steps) {
        const name = `${key.startTimeUnixNano} ${key.process}`;
        const known = model.get(name);
        expect(index.find(key)).toBe(known);
        if (isGone && known) {
          index.remove(known);
          model.delete(name);
        } else if (!known) {
          const stream = streamOf(key.startTimeUnixNano, key.process);
          index.add(stream);
          model.set(name, stream);
        }
        const siblings = [...model.values()].filter((each) => each.startTimeUnixNano === key.startTimeUnixNano);
        expect(new Set(index.ofStart(key.startTimeUnixNano))).toEqual(new Set(siblings));
        expect(new Set(index.all())).toEqual(new Set(model.values()));
      }
    }),
  );
});
