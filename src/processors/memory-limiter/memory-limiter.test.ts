import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseConfig } from '#config/schema.ts';
import { InFlightBudget } from '#flow/in-flight.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { memoryLimiterConfig } from './config.ts';
import { MemoryLimiter } from './memory-limiter.ts';
import { type ProcessMemory, processMemory } from './process-memory.ts';

const mebibyte = 1024 * 1024;

/** Memory that holds what a test says; a collection frees the garbage. */
class FakeMemory implements ProcessMemory {
  live = 0;
  garbage = 0;
  /** Part of the garbage that the next collection leaves. */
  floating = 0;
  residentMib = 0;
  collections = 0;

  total(): number {
    return 1000 * mebibyte;
  }

  used(): number {
    return (this.live + this.garbage) * mebibyte;
  }

  program(): number {
    return 60 * mebibyte;
  }

  resident(): number {
    return this.residentMib * mebibyte;
  }

  /** Held back: the collection that is under way. */
  finish: (() => void) | undefined;
  isGradual = false;

  collectGarbage(done: () => void): void {
    this.collections++;
    this.finish = () => {
      this.finish = undefined;
      this.garbage = Math.min(this.garbage, this.floating);
      this.floating = 0;
      done();
    };
    if (!this.isGradual) this.finish();
  }
}

function limiter(raw: object) {
  const config = parseConfig(memoryLimiterConfig, { check_interval: '1s', ...raw });
  if (!config.ok) throw new Error(config.failure.message);
  const memory = new FakeMemory();
  const settings = testSettings('memory_limiter');
  const inFlight = new InFlightBudget();
  const made = new MemoryLimiter(config.value, { ...settings, memory, inFlight });
  return { limiter: made, memory, inFlight, clock: settings.clock, logged: settings.logged };
}

const configured = (limit: number, spike: number) =>
  `info Memory limiter configured {"limit_mib":${limit},"spike_limit_mib":${spike},"check_interval":1}`;

test('limits in MiB; without a spike limit it is a fifth', () => {
  expect(limiter({ limit_mib: 100, spike_limit_mib: 30 }).logged).toEqual([configured(100, 30)]);
  expect(limiter({ limit_mib: 100 }).logged).toEqual([configured(100, 20)]);
});

test('limits in percent of the available memory', () => {
  expect(limiter({ limit_percentage: 80, spike_limit_percentage: 25 }).logged).toEqual([
    'info Using percentage memory limiter {"total_memory_mib":1000,"limit_percentage":80,"spike_limit_percentage":25}',
    configured(800, 250),
  ]);
});

test.each([
  ['a limit in MiB excludes the program', { limit_mib: 100 }, 80],
  ['a percentage includes the program', { limit_percentage: 20 }, 100],
  ['but not more than half', { limit_percentage: 10 }, 40],
])('%s', (_name, raw, roomMib) => {
  const { limiter: made, memory } = limiter(raw);
  memory.live = roomMib - 1;
  made.check();
  expect(made.mustRefuse).toBe(false);
  memory.live = roomMib;
  made.check();
  expect(made.mustRefuse).toBe(true);
});

test('refuses from the soft limit on, when a collection does not help, until it is below again', () => {
  const { limiter: made, memory, clock, logged } = limiter({ limit_mib: 100 });
  clock.advance(11_000);
  memory.live = 79;
  made.check();
  expect(made.mustRefuse).toBe(false);
  memory.live = 80;
  made.check();
  expect(made.mustRefuse).toBe(true);
  expect(memory.collections).toBe(2);
  memory.live = 79;
  made.check();
  expect(made.mustRefuse).toBe(false);
  expect(logged.filter((line) => !line.startsWith('debug')).slice(1)).toEqual([
    'info Memory usage is above soft limit. Forcing a GC. {"cur_mem_mib":80}',
    'info Memory usage after GC. {"cur_mem_mib":80}',
    'info Memory usage after GC. {"cur_mem_mib":80}',
    'warn Memory usage is above soft limit. Refusing data. {"cur_mem_mib":80}',
    'info Memory usage back within limits. Resuming normal operation. {"cur_mem_mib":79}',
  ]);
});

test('garbage alone refuses nothing', () => {
  const { limiter: made, memory, clock } = limiter({ limit_mib: 100 });
  clock.advance(11_000);
  memory.live = 50;
  memory.garbage = 45;
  made.check();
  expect(made.mustRefuse).toBe(false);
  expect(memory.collections).toBe(1);
});

test('collects above the soft limit, once per min_gc_interval_when_soft_limited', () => {
  const { limiter: made, memory, clock } = limiter({ limit_mib: 100 });
  memory.live = 85;
  made.check();
  expect(made.mustRefuse).toBe(true);
  const collections = memory.collections;
  clock.advance(10_001);
  made.check();
  clock.advance(10_000);
  made.check();
  expect(memory.collections).toBe(collections + 1);
});

test('until half of the spike limit was allocated, the last collection decides', () => {
  const { limiter: made, memory, clock } = limiter({ limit_mib: 100 });
  memory.live = 79;
  memory.garbage = 1;
  made.check();
  expect([made.mustRefuse, memory.collections]).toEqual([false, 1]);
  memory.garbage = 9;
  clock.advance(5000);
  made.check();
  expect([made.mustRefuse, memory.collections]).toEqual([false, 1]);
  memory.garbage = 10;
  made.check();
  expect([made.mustRefuse, memory.collections]).toEqual([false, 2]);
});

test('a collection that leaves garbage is repeated once before data is refused', () => {
  const { limiter: made, memory, clock } = limiter({ limit_mib: 100 });
  clock.advance(11_000);
  memory.live = 79;
  memory.floating = 3;
  memory.garbage = 3;
  made.check();
  expect([made.mustRefuse, memory.collections]).toEqual([false, 2]);
  memory.live = 80;
  clock.advance(11_000);
  made.check();
  expect([made.mustRefuse, memory.collections]).toEqual([true, 4]);
  clock.advance(11_000);
  made.check();
  expect([made.mustRefuse, memory.collections]).toEqual([true, 5]);
});

test('collects above the hard limit at each check', () => {
  const { limiter: made, memory, clock, logged } = limiter({ limit_mib: 100 });
  memory.live = 100;
  for (let i = 0; i < 3; i++) {
    clock.advance(1000);
    made.check();
  }
  expect(memory.collections).toBe(3);
  expect(logged).toContain('warn Memory usage is above hard limit. Forcing a GC. {"cur_mem_mib":100}');
});

test('resident memory above the limit is a reason to collect, now and then, not to refuse', () => {
  const { limiter: made, memory, clock } = limiter({ limit_mib: 100 });
  memory.residentMib = 120;
  for (let i = 0; i < 25; i++) {
    clock.advance(1000);
    made.check();
  }
  expect(memory.collections).toBe(2);
  expect(made.mustRefuse).toBe(false);
});

test('resident memory above 90% of the available memory is a reason to refuse until it is below', () => {
  const { limiter: made, memory, inFlight, clock, logged } = limiter({ limit_mib: 100 });
  memory.residentMib = 899;
  made.check();
  expect(made.mustRefuse).toBe(false);
  memory.residentMib = 901;
  clock.advance(1000);
  made.check();
  expect([made.mustRefuse, inFlight.isUnderPressure, memory.collections]).toEqual([true, true, 1]);
  expect(logged).toContain(
    'warn Resident memory is above 90% of the available memory. Refusing data. {"cur_mem_mib":901}',
  );
  memory.residentMib = 890;
  clock.advance(1000);
  made.check();
  expect([made.mustRefuse, inFlight.isUnderPressure]).toEqual([false, false]);
});

describe('between the intervals', () => {
  test('checks after each thousand items', () => {
    const { limiter: made, memory } = limiter({ limit_mib: 100 });
    memory.live = 85;
    made.passed(999);
    expect(made.mustRefuse).toBe(false);
    made.passed(1);
    expect(made.mustRefuse).toBe(true);
    expect(memory.collections).toBe(2);
  });

  test('garbage alone refuses nothing, and is not collected again before half of the spike limit is allocated', () => {
    const { limiter: made, memory } = limiter({ limit_mib: 100 });
    memory.live = 79;
    memory.garbage = 10;
    made.passed(1000);
    expect(memory.collections).toBe(1);
    memory.garbage = 9;
    made.passed(1000);
    expect(memory.collections).toBe(1);
    memory.garbage = 10;
    made.passed(1000);
    expect(memory.collections).toBe(2);
    expect(made.mustRefuse).toBe(false);
  });

  test('below the soft limit nothing is collected', () => {
    const { limiter: made, memory } = limiter({ limit_mib: 100 });
    memory.live = 79;
    made.passed(5000);
    expect([memory.collections, made.mustRefuse]).toEqual([0, false]);
  });
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('checks at each interval while it has users', () => {
  const { limiter: made, memory } = limiter({ limit_mib: 100, min_gc_interval_when_soft_limited: '1h' });
  memory.live = 90;
  made.start();
  made.start();
  vi.advanceTimersByTime(999);
  expect(made.mustRefuse).toBe(false);
  vi.advanceTimersByTime(1);
  expect(made.mustRefuse).toBe(true);
  made.stop();
  memory.live = 0;
  vi.advanceTimersByTime(1000);
  expect(made.mustRefuse).toBe(false);
  made.stop();
  made.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test('the real process has memory, a total and a collection', async () => {
  vi.useRealTimers();
  expect(processMemory.used()).toBeGreaterThan(mebibyte);
  expect(processMemory.resident()).toBeGreaterThan(mebibyte);
  expect(processMemory.program()).toBeGreaterThan(mebibyte);
  expect(processMemory.total()).toBeGreaterThan(processMemory.used());
  await new Promise<void>((done) => processMemory.collectGarbage(done));
});

describe('while garbage is being collected', () => {
  const settings = { limit_mib: 100, spike_limit_mib: 20 };

  test('between the limits, accepts data until the collection shows the memory in use', () => {
    const { limiter: made, memory, clock } = limiter({ ...settings, min_gc_interval_when_soft_limited: '0s' });
    memory.isGradual = true;
    memory.live = 85;
    clock.advance(1000);
    made.check();
    expect([made.mustRefuse, memory.collections]).toEqual([false, 1]);
    made.check();
    expect(memory.collections).toBe(1);
    memory.finish?.();
    expect([made.mustRefuse, memory.collections]).toEqual([false, 2]);
    memory.finish?.();
    expect(made.mustRefuse).toBe(true);
  });

  test('above the limit, refuses data immediately, and accepts it again if the memory was garbage', () => {
    const { limiter: made, memory, clock, inFlight } = limiter(settings);
    memory.isGradual = true;
    memory.garbage = 120;
    clock.advance(1000);
    const statuses: (string | undefined)[] = [];
    made.start((problem) => statuses.push(problem?.message));
    made.check();
    expect([made.mustRefuse, inFlight.isUnderPressure]).toEqual([true, true]);
    memory.finish?.();
    expect([made.mustRefuse, inFlight.isUnderPressure]).toEqual([false, false]);
    expect(statuses).toEqual(['data refused due to high memory usage', undefined]);
    made.stop();
  });

  test('what stops while it refuses leaves nothing behind', () => {
    const { limiter: made, memory, clock, inFlight } = limiter(settings);
    memory.live = 120;
    clock.advance(1000);
    const statuses: (string | undefined)[] = [];
    made.start((problem) => statuses.push(problem?.message));
    made.check();
    expect(inFlight.isUnderPressure).toBe(true);
    made.stop();
    expect(inFlight.isUnderPressure).toBe(false);
    expect(statuses).toEqual(['data refused due to high memory usage', undefined]);
  });
});
