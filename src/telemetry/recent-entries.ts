import type { Clock, LogFields, LogLevel } from '#component/component.ts';
import type { LoggedEntry } from '#component/views/service-views.ts';

const maxEntries = 200;
/** Maximum number of characters of a recorded text. */
const maxText = 1_000;
const maxFields = 20;

/**
 * The latest warnings and errors for the console, also if nobody can read the log. Entries that differ only in their
 * fields are recorded once.
 */
export class RecentEntries {
  readonly #clock: Clock;
  /** In the order of their latest occurrence. */
  readonly #entries = new Map<string, LoggedEntry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Oldest first. */
  get entries(): readonly LoggedEntry[] {
    return [...this.#entries.values()];
  }

  add(level: LogLevel, message: string, { component, fields }: { component: string; fields: LogFields }): void {
    const text = shortened(message);
    const key = `${level} ${component} ${text}`;
    const count = (this.#entries.get(key)?.count ?? 0) + 1;
    this.#entries.delete(key);
    if (this.#entries.size >= maxEntries) this.#entries.delete(this.#entries.keys().next().value!);
    this.#entries.set(key, {
      unixMs: this.#clock.now(),
      level,
      message: text,
      component,
      fields: Object.fromEntries(
        Object.entries(fields)
          .slice(0, maxFields)
          .map(([name, value]) => [name, shortened(textOf(value))]),
      ),
      count,
    });
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.message;
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return String(value);
  }
}

function shortened(text: string): string {
  return text.length <= maxText ? text : `${text.slice(0, maxText)}…`;
}
