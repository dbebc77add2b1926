import { describe, expect, test } from 'vitest';
import { EventLoop } from './event-loop.ts';

/** An event loop whose clock and iterations the test advances. */
function loop() {
  let nowMs = 0;
  let callbacks: (() => void)[] = [];
  const eventLoop = new EventLoop({ now: () => nowMs, later: (callback) => callbacks.push(callback) });
  return {
    eventLoop,
    spend: (ms: number) => {
      nowMs += ms;
    },
    /** Runs one iteration. */
    async iterate() {
      const due = callbacks;
      callbacks = [];
      for (const callback of due) callback();
      await Promise.resolve();
    },
    get isIdle() {
      return callbacks.length === 0;
    },
  };
}

describe('run', () => {
  test('does a few milliseconds in each iteration, in turns', async () => {
    const { eventLoop, spend, iterate } = loop();
    const steps: string[] = [];
    const work = function* (name: string) {
      for (let i = 0; i < 6; i++) {
        spend(2);
        steps.push(name);
        yield undefined;
      }
      return name;
    };
    const results = Promise.all([eventLoop.run(work('a')), eventLoop.run(work('b'))]);
    await iterate();
    // Three steps of two milliseconds reach the end of a slice.
    expect(steps).toEqual(['a', 'a', 'a']);
    await iterate();
    expect(steps.slice(3)).toEqual(['b', 'b', 'b']);
    for (let i = 0; i < 4; i++) await iterate();
    expect(await results).toEqual(['a', 'b']);
    expect(steps).toHaveLength(12);
  });

  test('rejects with the error of the work, and continues with other work', async () => {
    const { eventLoop, iterate } = loop();
    const broken = eventLoop.run(
      (function* () {
        yield undefined;
        throw new Error('broken');
      })(),
    );
    const whole = eventLoop.run(
      (function* () {
        yield undefined;
        return 'whole';
      })(),
    );
    const outcomes = Promise.allSettled([broken, whole]);
    for (let i = 0; i < 3; i++) await iterate();
    expect(await outcomes).toMatchObject([{ reason: new Error('broken') }, { value: 'whole' }]);
  });
});

describe('soon', () => {
  test('keeps the order, and does as much as there is time for', async () => {
    const { eventLoop, spend, iterate } = loop();
    const done: number[] = [];
    for (let i = 0; i < 5; i++) {
      eventLoop.soon(() => {
        spend(3);
        done.push(i);
      });
    }
    await iterate();
    expect(done).toEqual([0, 1]);
    eventLoop.soon(() => void done.push(5));
    await iterate();
    await iterate();
    await iterate();
    expect(done).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('work that throws does not stop the rest', async () => {
    const { eventLoop, iterate } = loop();
    const done: string[] = [];
    eventLoop.soon(() => {
      throw new Error('broken');
    });
    eventLoop.soon(() => void done.push('next'));
    await expect(iterate()).rejects.toThrow('broken');
    await iterate();
    expect(done).toEqual(['next']);
  });
});

test('hasTime: work of one iteration waits once it has used its milliseconds', async () => {
  const { eventLoop, spend, iterate } = loop();
  expect(eventLoop.hasTime()).toBe(true);
  spend(9);
  expect(eventLoop.hasTime()).toBe(true);
  spend(2);
  expect(eventLoop.hasTime()).toBe(false);
  await iterate();
  expect(eventLoop.hasTime()).toBe(true);
});

test('whenTime does work now while there is time, then in a later iteration, and passes on errors', async () => {
  const { eventLoop, spend, iterate } = loop();
  const work = () => {
    spend(8);
    return 'done';
  };
  expect(eventLoop.whenTime(work)).toBe('done');
  expect(eventLoop.whenTime(work)).toBe('done');
  const later = eventLoop.whenTime(work);
  const failing = eventLoop.whenTime(() => {
    throw new Error('no');
  });
  expect(later).toBeInstanceOf(Promise);
  for (let i = 0; i < 3; i++) await iterate();
  expect(await later).toBe('done');
  await expect(failing).rejects.toThrow('no');
});

describe('begin', () => {
  const slicesOf = (spend: (ms: number) => void, ms: number, count: number) =>
    (function* () {
      for (let i = 0; i < count; i++) {
        spend(ms);
        yield undefined;
      }
      return count;
    })();

  test('completes short work immediately', () => {
    const { eventLoop, spend, isIdle } = loop();
    expect(isIdle).toBe(true);
    expect(eventLoop.begin(slicesOf(spend, 1, 4))).toBe(4);
  });

  test('continues long work in later iterations', async () => {
    const { eventLoop, spend, iterate } = loop();
    const slices = slicesOf(spend, 2, 10);
    const result = eventLoop.begin(slices);
    expect(result).toBeInstanceOf(Promise);
    for (let i = 0; i < 4; i++) await iterate();
    expect(await result).toBe(10);
  });

  test('does one slice in an iteration whose time is used up', async () => {
    const { eventLoop, spend, iterate } = loop();
    eventLoop.hasTime();
    spend(11);
    let slices = 0;
    const result = eventLoop.begin(
      (function* () {
        for (; slices < 2; slices++) yield undefined;
      })(),
    );
    expect(slices).toBe(0);
    await iterate();
    await iterate();
    await result;
    expect(slices).toBe(2);
  });
});
