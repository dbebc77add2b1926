import type { Clock, ComponentSettings, LogFields, Logger, OwnMetrics } from '#component/component.ts';

/** Clock that changes only when a test advances it. */
export class ManualClock implements Clock {
  unixMs: number;
  #monotonic = 0;

  constructor(unixMs = 1_700_000_000_000) {
    this.unixMs = unixMs;
  }

  now(): number {
    return this.unixMs;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  advance(ms: number): void {
    this.unixMs += ms;
    this.#monotonic += ms;
  }
}

/** Settings of a component under test, with its log and its metrics. */
export interface TestSettings extends ComponentSettings {
  readonly clock: ManualClock;
  /** Log entries as `level message`, in order. */
  readonly logged: string[];
  /** Returns the value of a counter or the current value of a gauge. Undefined if it does not exist. */
  measured(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

export function testSettings(id = 'test', clock = new ManualClock()): TestSettings {
  const logged: string[] = [];
  const note = (level: string) => (message: string, fields?: LogFields) => {
    logged.push(`${level} ${message}${fields ? ` ${JSON.stringify(fields)}` : ''}`);
  };
  const logger: Logger = {
    debug: note('debug'),
    info: note('info'),
    warn: note('warn'),
    error: note('error'),
    isEnabled: () => true,
    print: () => {},
  };
  const values = new Map<string, () => number>();
  const counters = new Map<string, { add(value: number): void }>();
  const keyOf = (name: string, labels: Readonly<Record<string, string>> = {}) => `${name} ${JSON.stringify(labels)}`;
  const counter: OwnMetrics['counter'] = (name, _help, labels) => {
    const key = keyOf(name, labels);
    const known = counters.get(key);
    if (known) return known;
    let total = 0;
    const created = {
      add(value: number) {
        total += value;
      },
    };
    counters.set(key, created);
    values.set(key, () => total);
    return created;
  };
  const metrics: OwnMetrics = {
    counter,
    upDownCounter: counter,
    gauge: (name, _help, labels, read) => void values.set(keyOf(name, labels), read),
    histogram: () => ({ record: () => {} }),
  };
  return { id, clock, logger, metrics, logged, measured: (name, labels) => values.get(keyOf(name, labels))?.() };
}
