import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccumulatedSeries } from './accumulated-series.ts';
import { Stream, type StreamKey } from './stream.ts';
import { StreamIndex } from './stream-index.ts';

const streamOf = (key: StreamKey) =>
  Stream.begun(undefined as unknown as AccumulatedSeries, key, {
    value: 0,
    lowest: 0,
    timeUnixNano: 0n,
    baseline: undefined,
    lastSeenMs: 0,
  });

test('finds the same streams as a plain map', () => {
  const step = fc.record({
    startTimeUnixNano: fc.bigInt({ min: 0n, max: 3n }),
    process: fc.constantFrom('', 'a', 'b'),
    identity: fc.constantFrom(1, 2),
    isGone: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const index = new StreamIndex();
      const model = new Map<string, Stream>();
      for (const { isGone, ...key } of steps) {
        const name = `${key.startTimeUnixNano} ${key.process} ${key.identity}`;
        const known = model.get(name);
        expect(index.find(key)).toBe(known);
        if (isGone && known) {
          index.remove(known);
          model.delete(name);
        } else if (!known) {
          const stream = streamOf(key);
          index.add(stream);
          model.set(name, stream);
        }
        const { process, identity } = key;
        const ofProcess = [...model.values()].filter((one) => one.process === process && one.identity === identity);
        expect(new Set(index.ofProcess(key))).toEqual(new Set(ofProcess));
        const siblings = [...model.values()].filter((each) => each.startTimeUnixNano === key.startTimeUnixNano);
        expect(new Set(index.ofStart(key.startTimeUnixNano))).toEqual(new Set(siblings));
        expect(new Set(index.all())).toEqual(new Set(model.values()));
      }
    }),
  );
});
