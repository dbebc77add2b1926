/*
 * Strict parser of Prometheus's text format 0.0.4 and of OpenMetrics, based on their grammars and not on `src/`. Prometheus accepts all
 * input that it accepts. Texts are byte strings with one character per byte.
 */

type ParsedLabels = readonly (readonly [name: string, value: string])[];

interface ParsedSample {
  readonly name: string;
  /** Labels in the order of the line. */
  readonly labels: ParsedLabels;
  readonly value: number;
  /** Timestamp as written. */
  readonly timestamp: string | undefined;
  readonly exemplar: { readonly labels: ParsedLabels; readonly value: number; readonly timestamp: string } | undefined;
}

export interface ParsedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: ParsedSample[];
}

type Dialect = 'text' | 'openmetrics';

const types: Readonly<Record<Dialect, readonly string[]>> = {
  text: ['counter', 'gauge', 'histogram', 'summary', 'untyped'],
  openmetrics: ['counter', 'gauge', 'histogram', 'summary', 'unknown'],
};

/** Returns the families of a scrape response. @throws Error if the format does not allow the input */
export function parseExposition(page: string, dialect: Dialect): ParsedFamily[] {
  const lines = page.split('\n');
  if (lines.pop() !== '') throw new Error('the last line has no end');
  if (dialect === 'openmetrics' && lines.pop() !== '# EOF') throw new Error('no # EOF');
  const families: ParsedFamily[] = [];
  const seen = new Set<string>();
  let help: { name: string; text: string } | undefined;
  for (const line of lines) {
    const cursor = new Cursor(line, dialect);
    if (line.startsWith('# HELP ')) {
      if (help !== undefined) throw new Error(`HELP without TYPE before: ${line}`);
      help = cursor.help();
    } else if (line.startsWith('# TYPE ')) {
      const { name, type } = cursor.type();
      if (help?.name !== name) throw new Error(`TYPE without HELP: ${line}`);
      if (!types[dialect].includes(type)) throw new Error(`no type: ${line}`);
      if (seen.has(name)) throw new Error(`twice: ${line}`);
      seen.add(name);
      families.push({ name, help: help.text, type, samples: [] });
      help = undefined;
    } else {
      const family = families.at(-1);
      if (family === undefined || help !== undefined) throw new Error(`a sample outside of a family: ${line}`);
      const sample = cursor.sample();
      if (!belongs(sample.name, family, dialect)) throw new Error(`not of ${family.name}: ${line}`);
      family.samples.push(sample);
    }
  }
  return families;
}

const suffixes: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count', '_created'],
  summary: ['', '_sum', '_count', '_created'],
};

function belongs(sample: string, { name, type }: ParsedFamily, dialect: Dialect): boolean {
  const counter = dialect === 'openmetrics' ? ['_total', '_created'] : [''];
  const allowed = suffixes[type] ?? (type === 'counter' ? counter : ['']);
  return allowed.some((suffix) => sample === name + suffix);
}

const legacyName = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const number = /[-+]?(?:Inf|\d+(?:\.\d+)?(?:e[-+]?\d+)?)|NaN/y;
const timestamp = /-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/y;

/** Position in one line, read from left to right. */
class Cursor {
  readonly #line: string;
  readonly #dialect: Dialect;
  #at = 0;

  constructor(line: string, dialect: Dialect) {
    this.#line = line;
    this.#dialect = dialect;
  }

  help(): { name: string; text: string } {
    this.#take('# HELP ');
    const name = this.#name();
    this.#take(' ');
    const escapes = this.#dialect === 'text' ? { '\\': '\\', n: '\n' } : { '\\': '\\', n: '\n', '"': '"' };
    const text = unescaped(this.#line.slice(this.#at), escapes);
    return { name, text };
  }

  type(): { name: string; type: string } {
    this.#take('# TYPE ');
    const name = this.#name();
    this.#take(' ');
    return { name, type: this.#line.slice(this.#at) };
  }

  sample(): ParsedSample {
    const isQuoted = this.#next() === '{';
    let name = isQuoted ? '' : this.#match(legacyName);
    const labels: [string, string][] = [];
    if (this.#next() === '{') {
      this.#at++;
      if (isQuoted) {
        name = this.#quoted();
        if (this.#next() === ',') this.#at++;
        else if (this.#next() !== '}') throw this.#error('a comma or a brace');
      }
      labels.push(...this.#labels());
    }
    this.#take(' ');
    const value = numberOf(this.#match(number));
    const time = this.#next() === ' ' && !this.#line.startsWith(' # ', this.#at) ? this.#spaced(timestamp) : undefined;
    const exemplar = this.#at < this.#line.length ? this.#exemplar() : undefined;
    if (this.#at < this.#line.length) throw this.#error('the end');
    return { name, labels, value, timestamp: time, exemplar };
  }

  #exemplar(): ParsedSample['exemplar'] {
    if (this.#dialect === 'text') throw this.#error('no exemplar');
    this.#take(' # {');
    const labels = this.#labels();
    const value = numberOf(this.#spaced(number));
    return { labels, value, timestamp: this.#spaced(timestamp) };
  }

  /** Reads labels up to and including the closing brace. */
  #labels(): [string, string][] {
    const labels: [string, string][] = [];
    const names = new Set<string>();
    while (this.#next() !== '}') {
      if (labels.length > 0) this.#take(',');
      const name = this.#name();
      this.#take('=');
      if (names.has(name)) throw this.#error(`another name than ${name}`);
      names.add(name);
      labels.push([name, this.#quoted()]);
    }
    this.#at++;
    return labels;
  }

  #name(): string {
    return this.#next() === '"' ? this.#quoted() : this.#match(legacyName);
  }

  #quoted(): string {
    const start = this.#at + 1;
    this.#take('"');
    while (this.#next() !== '"') {
      if (this.#next() === undefined) throw this.#error('a quote');
      this.#at += this.#next() === '\\' ? 2 : 1;
    }
    this.#at++;
    return unescaped(this.#line.slice(start, this.#at - 1), { '\\': '\\', n: '\n', '"': '"' });
  }

  #spaced(pattern: RegExp): string {
    this.#take(' ');
    return this.#match(pattern);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#line)?.[0];
    if (found === undefined) throw this.#error(String(pattern));
    this.#at += found.length;
    return found;
  }

  #take(text: string): void {
    if (!this.#line.startsWith(text, this.#at)) throw this.#error(JSON.stringify(text));
    this.#at += text.length;
  }

  #next(): string | undefined {
    return this.#line[this.#at];
  }

  #error(wanted: string): Error {
    return new Error(`at ${this.#at} not ${wanted}: ${JSON.stringify(this.#line)}`);
  }
}

function unescaped(text: string, escapes: Readonly<Record<string, string>>): string {
  return text.replace(/\\(.?)/gs, (pair, letter: string) => {
    const meaning = escapes[letter];
    if (meaning === undefined) throw new Error(`no escape: ${JSON.stringify(pair)} in ${JSON.stringify(text)}`);
    return meaning;
  });
}

function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}
