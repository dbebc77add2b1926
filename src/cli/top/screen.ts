import type { Paint, Size } from './frame.ts';

const codes = { bold: 1, dim: 2, inverse: 7, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
/** Other screen, no cursor, no line wrap; and back. */
const [enter, leave] = ['\u001b[?1049h\u001b[?25l\u001b[?7l', '\u001b[?7h\u001b[?25h\u001b[?1049l'];

/** Paints with ANSI styles. Without colors, only bold, dim, and inverse remain. */
export function painter(hasColors: boolean): Paint {
  return (style, text) => {
    if (!hasColors && codes[style] > 7) return text;
    return `\u001b[${codes[style]}m${text}\u001b[0m`;
  };
}

/** The whole terminal: shows lines, and passes on keys until it is closed. */
export class Screen {
  readonly #input = process.stdin;
  readonly #output = process.stdout;
  readonly #listeners = new AbortController();
  readonly #restore = () => {
    this.#output.write(leave);
  };

  /** `onKeys` receives what the terminal sends; `onResize` is called when its size changes. */
  constructor({ onKeys, onResize }: { onKeys(input: string): void; onResize(): void }) {
    if (this.#input.isTTY) {
      this.#input.setRawMode(true);
      this.#input.setEncoding('utf8').on('data', onKeys);
    }
    this.#output.on('resize', onResize);
    // A second signal exits without `close`.
    process.once('exit', this.#restore);
    this.#output.write(enter);
    this.#listeners.signal.addEventListener('abort', () => {
      this.#input.off('data', onKeys).pause();
      this.#output.off('resize', onResize);
    });
  }

  get size(): Size {
    return { columns: this.#output.columns || 80, rows: this.#output.rows || 24 };
  }

  show(lines: readonly string[]): void {
    const { rows } = this.size;
    this.#output.write(
      `\u001b[H${lines
        .slice(0, rows)
        .map((line) => `${line}\u001b[K`)
        .join('\r\n')}\u001b[J`,
    );
  }

  close(): void {
    this.#listeners.abort();
    if (this.#input.isTTY) this.#input.setRawMode(false);
    process.off('exit', this.#restore);
    this.#restore();
  }
}
