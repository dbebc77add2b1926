import type { LoggedEntry } from '#component/views/service-views.ts';

/** Time between two summaries, ms. */
const summaryMs = 60_000;
/** Lines after a warning from which on a terminal no longer shows it. */
const drownedLines = 20;
const maxListed = 5;
const maxText = 160;

interface SummaryOptions {
  /** Latest warnings and errors, oldest first. */
  readonly entries: () => readonly LoggedEntry[];
  /** Writes a line. */
  readonly write: (text: string) => void;
}

/** Repeats warnings on a terminal that has scrolled past them: in one line a minute, and at the end. */
export class WarningSummary {
  readonly #options: SummaryOptions;
  readonly #timer: NodeJS.Timeout;
  /** Count of each entry at the last summary. */
  #reported = new Map<string, number>();
  #linesSince = 0;

  constructor(options: SummaryOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.summarize(), summaryMs).unref();
  }

  /** An entry was written. */
  wrote(isWarning: boolean, message: string | Uint8Array): void {
    if (isWarning) this.#linesSince = 0;
    else this.#linesSince += linesIn(message);
  }

  /** Repeats the warnings since the last summary, if they are out of sight. */
  summarize(): void {
    if (this.#linesSince < drownedLines) return;
    const entries = this.#options.entries();
    const fresh = entries.flatMap((entry) => {
      const count = entry.count - (this.#reported.get(keyOf(entry)) ?? 0);
      return count > 0 ? [{ entry, count }] : [];
    });
    this.#reported = new Map(entries.map((entry) => [keyOf(entry), entry.count]));
    this.#write('since the last summary', fresh);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Repeats the warnings since the start. */
  end(): void {
    this.stop();
    if (this.#linesSince < drownedLines && this.#reported.size === 0) return;
    this.#write(
      'since the start',
      this.#options.entries().map((entry) => ({ entry, count: entry.count })),
    );
  }

  #write(since: string, list: readonly { readonly entry: LoggedEntry; readonly count: number }[]): void {
    if (list.length === 0) return;
    const texts = list
      .slice(-maxListed)
      .map(({ entry, count }) => `${shortened(entry.message)}${count > 1 ? ` (${count} times)` : ''}`);
    const rest = list.length - texts.length;
    const more = rest > 0 ? ` | ${rest} more` : '';
    this.#options.write(`Warnings and errors ${since}: ${texts.join(' | ')}${more}`);
  }
}

function keyOf({ level, component, message }: LoggedEntry): string {
  return `${level} ${component} ${message}`;
}

function linesIn(message: string | Uint8Array): number {
  let lines = 1;
  if (typeof message === 'string') {
    for (let at = message.indexOf('\n'); at >= 0; at = message.indexOf('\n', at + 1)) lines += 1;
  } else {
    for (const byte of message) if (byte === 0x0a) lines += 1;
  }
  return lines;
}

function shortened(text: string): string {
  return text.length <= maxText ? text : `${text.slice(0, maxText)}…`;
}
