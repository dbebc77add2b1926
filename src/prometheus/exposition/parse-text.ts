/** A sample of a scrape response. */
export interface TextSample {
  readonly name: string;
  /** Labels without the name. */
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** A metric family of a scrape response. Samples without a TYPE line before them form a family of type `untyped`. */
export interface TextFamily {
  readonly name: string;
  type: string;
  help: string;
  readonly samples: TextSample[];
}

/**
 * Parses the text format 0.0.4 or OpenMetrics, also with UTF-8 names in quotes. Timestamps and exemplars are skipped.
 * @throws Error with the line number when a line is malformed
 */
export function parseTextFormat(text: string): TextFamily[] {
  const families = new Map<string, TextFamily>();
  const familyOf = (name: string): TextFamily => {
    const known = families.get(name);
    if (known !== undefined) return known;
    const created = { name, type: 'untyped', help: '', samples: [] };
    families.set(name, created);
    return created;
  };
  text.split('\n').forEach((line, index) => {
    const cursor = new Cursor(line, index + 1);
    if (line === '' || line === '\r') return;
    if (!line.startsWith('#')) {
      const sample = cursor.sample();
      familyOfSample(sample.name, families, familyOf).samples.push(sample);
      return;
    }
    const comment = cursor.comment();
    if (comment?.keyword === 'HELP') familyOf(comment.name).help = comment.text;
    if (comment?.keyword === 'TYPE') familyOf(comment.name).type = comment.text.trim();
  });
  return [...families.values()];
}

const suffixes = ['_bucket', '_sum', '_count', '_created', '_total'] as const;

function familyOfSample(
  name: string,
  families: ReadonlyMap<string, TextFamily>,
  create: (name: string) => TextFamily,
): TextFamily {
  const own = families.get(name);
  if (own !== undefined) return own;
  const suffix = suffixes.find((each) => name.endsWith(each));
  const parent = suffix === undefined ? undefined : families.get(name.slice(0, -suffix.length));
  // Without a family, `x_total` of the text format forms its own family.
  return parent !== undefined && parent.type !== 'untyped' ? parent : create(name);
}

const bareName = /[a-zA-Z_:][\w:]*/y;
const blanks = /[ \t]*/y;
const numberText = /[^ \t\r]+/y;
const escapes: Readonly<Record<string, string>> = { n: '\n', '\\': '\\', '"': '"' };

/** Position in one line, read from left to right. */
class Cursor {
  readonly #line: string;
  readonly #number: number;
  #at = 0;

  constructor(line: string, number: number) {
    this.#line = line;
    this.#number = number;
  }

  comment(): { readonly keyword: string; readonly name: string; readonly text: string } | undefined {
    const keyword = /^#[ \t]+(HELP|TYPE)[ \t]+/.exec(this.#line);
    if (keyword === null) return undefined;
    this.#at = keyword[0].length;
    const name = this.#name();
    this.#match(blanks);
    return { keyword: keyword[1]!, name, text: unescaped(this.#line.slice(this.#at)) };
  }

  sample(): TextSample {
    let name = this.#line[this.#at] === '{' ? undefined : this.#name();
    const labels = new Map<string, string>();
    this.#match(blanks);
    if (this.#line[this.#at] === '{') {
      this.#at += 1;
      for (this.#match(blanks); this.#line[this.#at] !== '}'; this.#match(blanks)) {
        const key = this.#name();
        this.#match(blanks);
        if (this.#line[this.#at] === '=') {
          this.#at += 1;
          this.#match(blanks);
          labels.set(key, this.#quoted());
        } else if (name === undefined) name = key;
        else throw this.#error(`label ${JSON.stringify(key)} has no value`);
        this.#match(blanks);
        if (this.#line[this.#at] === ',') this.#at += 1;
        else if (this.#line[this.#at] !== '}') throw this.#error('expected , or }');
      }
      this.#at += 1;
    }
    if (name === undefined) throw this.#error('the sample has no name');
    this.#match(blanks);
    const text = this.#match(numberText);
    const value = Number(text.replace(/^([-+]?)inf(inity)?$/i, '$1Infinity'));
    if (text === '' || (Number.isNaN(value) && text.toLowerCase() !== 'nan')) {
      throw this.#error(`${JSON.stringify(text)} is not a number`);
    }
    return { name, labels, value };
  }

  #name(): string {
    if (this.#line[this.#at] === '"') return this.#quoted();
    const name = this.#match(bareName);
    if (name === '') throw this.#error('expected a name');
    return name;
  }

  #quoted(): string {
    if (this.#line[this.#at] !== '"') throw this.#error('expected "');
    for (let end = this.#at + 1; end < this.#line.length; end++) {
      if (this.#line[end] === '\\') end += 1;
      else if (this.#line[end] === '"') {
        const text = unescaped(this.#line.slice(this.#at + 1, end));
        this.#at = end + 1;
        return text;
      }
    }
    throw this.#error('a quoted text has no end');
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#line)?.[0] ?? '';
    this.#at += text.length;
    return text;
  }

  #error(problem: string): Error {
    return new Error(`line ${this.#number}, column ${this.#at + 1}: ${problem}`);
  }
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/g, (pair, char: string) => escapes[char] ?? pair) : text;
}
