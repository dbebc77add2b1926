import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccumulatedSeries } from './accumulated-series.ts';
import { anyIdentity, Stream, type StreamKey } from './stream.ts';
import { noStreams, type StreamSet, withoutStream, withStream } from './stream-set.ts';

const streamOf = (key: StreamKey) =>
  Stream.begun(
    undefined as unknown as AccumulatedSeries,
    key,
    { value: 0, lowest: 0, timeUnixNano: 0n, baseline: undefined },
    0,
  );

test('finds the same streams as a plain map', () => {
  const step = fc.record({
    startTimeUnixNano: fc.bigInt({ min: 0n, max: 3n }),
    process: fc.constantFrom('', 'a', 'b'),
    identity: fc.constantFrom(1, 2),
    isGone: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let index: StreamSet = noStreams;
      const model = new Map<string, Stream>();
      for (const { isGone, ...key } of steps) {
        const name = `${key.startTimeUnixNano} ${key.process} ${key.identity}`;
        const known = model.get(name);
        expect(index.find(key)).toBe(known);
        if (isGone && known) {
          index = withoutStream(index, known);
          model.delete(name);
        } else if (!known) {
          const stream = streamOf(key);
          index = withStream(index, stream);
          model.set(name, stream);
        }
        const { process, identity } = key;
        const ofProcess = [...model.values()].filter((one) => one.process === process && one.identity === identity);
        expect(new Set(index.ofProcess(key))).toEqual(new Set(ofProcess));
        const siblings = [...model.values()].filter(
          (each) => each.startTimeUnixNano === key.startTimeUnixNano && each.identity === identity,
        );
        expect(new Set(index.related(key))).toEqual(new Set(siblings));
        expect(index.isSingle).toBe(model.size === 1);
        expect(index === noStreams).toBe(model.size === 0);
        expect(new Set(index.all())).toEqual(new Set(model.values()));
      }
    }),
  );
});

test('finds a stream whose identity becomes known, and among thousands of one start time', () => {
  let index: StreamSet = noStreams;
  const unknown = streamOf({ startTimeUnixNano: 1n, process: '', identity: anyIdentity });
  index = withStream(index, unknown);
  for (let identity = 1; identity <= 5_000; identity++) {
    index = withStream(index, streamOf({ startTimeUnixNano: 1n, process: '', identity }));
  }
  expect(index.find({ startTimeUnixNano: 1n, process: '', identity: 6_000 })).toBe(unknown);
  unknown.identity = 6_000;
  expect(index.find({ startTimeUnixNano: 1n, process: '', identity: 6_000 })).toBe(unknown);
  expect(index.find({ startTimeUnixNano: 1n, process: '', identity: 6_001 })).toBeUndefined();
  expect(index.find({ startTimeUnixNano: 1n, process: '', identity: 4_321 })?.identity).toBe(4_321);
  index = withoutStream(index, unknown);
  expect(index.find({ startTimeUnixNano: 1n, process: '', identity: 6_000 })).toBeUndefined();
  expect(index.all()).toHaveLength(5_000);
});
