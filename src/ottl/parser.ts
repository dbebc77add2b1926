import type {
  Argument,
  CallExpression,
  ComparisonOperator,
  Condition,
  Expression,
  KeyExpression,
  PathSegment,
  Statement,
} from './ast.ts';
import { type Token, tokens } from './lexer.ts';
import { OttlParseError } from './ottl-error.ts';

const comparisons = new Set<string>(['==', '!=', '<', '<=', '>', '>=']);
/** Maximum depth of nesting. Refusing more keeps a text from exhausting the stack. */
const maxDepth = 100;
const maxInteger = 2n ** 63n - 1n;

/**
 * Parses a condition, for example of the filter processor.
 * @throws OttlParseError if it is invalid
 */
export function parseCondition(text: string): Condition {
  const parser = new Parser(text);
  const condition = parser.condition();
  parser.end();
  return condition;
}

/**
 * Parses a statement, for example of the transform processor.
 * @throws OttlParseError if it is invalid
 */
export function parseStatement(text: string): Statement {
  const parser = new Parser(text);
  const statement = parser.statement();
  parser.end();
  return statement;
}

/** Recursive descent: or < and < not < comparison < sums < products. */
class Parser {
  readonly #tokens: readonly Token[];
  readonly #length: number;
  #next = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokens(text);
    this.#length = text.length;
  }

  statement(): Statement {
    const token = this.#take('name', 'an editor such as set(…)');
    if (!/^[a-z]/.test(token.text))
      throw this.#unexpected(token, 'an editor (its name begins with a lower-case letter)');
    const editor = this.#call(token);
    return { editor, where: this.#accept('where') ? this.condition() : undefined };
  }

  condition(): Condition {
    const parts = [this.#conjunction()];
    while (this.#accept('or')) parts.push(this.#conjunction());
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
  }

  end(): void {
    const token = this.#tokens[this.#next];
    if (token) throw this.#unexpected(token, 'nothing more');
  }

  #conjunction(): Condition {
    const parts = [this.#negation()];
    while (this.#accept('and')) parts.push(this.#negation());
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  #negation(): Condition {
    return this.#accept('not') ? { kind: 'not', condition: this.#comparison() } : this.#comparison();
  }

  #comparison(): Condition {
    const start = this.#next;
    if (this.#accept('(')) {
      // Parentheses can contain a condition or a number. Try a condition first.
      const inner = this.#nested(() => this.#attempt(() => this.condition()));
      const after = this.#tokens[this.#next + 1]?.text ?? '';
      if (inner && this.#peek() === ')' && !comparisons.has(after) && !'+-*/'.includes(after || ' ')) {
        this.#next++;
        return inner;
      }
      this.#next = start;
    }
    const left = this.#sum();
    const operator = this.#peek();
    if (operator !== undefined && comparisons.has(operator)) {
      this.#next++;
      return { kind: 'compare', operator: operator as ComparisonOperator, left, right: this.#sum() };
    }
    if (left.kind === 'call') return { kind: 'test', call: left };
    if (left.kind === 'literal' && typeof left.value === 'boolean') return { kind: 'constant', value: left.value };
    throw this.#unexpected(this.#tokens[this.#next], 'a comparison (==, !=, <, <=, >, >=)');
  }

  #sum(): Expression {
    let left = this.#product();
    for (let operator = this.#peek(); operator === '+' || operator === '-'; operator = this.#peek()) {
      this.#operator(left);
      left = { kind: 'math', operator, left, right: this.#operand(this.#product()) };
    }
    return left;
  }

  #product(): Expression {
    let left = this.#value();
    for (let operator = this.#peek(); operator === '*' || operator === '/'; operator = this.#peek()) {
      this.#operator(left);
      left = { kind: 'math', operator, left, right: this.#operand(this.#value()) };
    }
    return left;
  }

  #operator(left: Expression): void {
    this.#operand(left);
    this.#next++;
  }

  /** A literal operand must be a number. The type of any other operand is known only at run time. */
  #operand(value: Expression): Expression {
    const isNumber = value.kind === 'literal' && (typeof value.value === 'bigint' || typeof value.value === 'number');
    if (isNumber || ['path', 'call', 'math', 'negative'].includes(value.kind)) return value;
    throw this.#unexpected(this.#tokens[this.#next], 'an operand that is a number, a path or a converter');
  }

  #value(): Expression {
    const token = this.#tokens[this.#next++];
    if (!token) throw this.#unexpected(token, 'a value');
    switch (token.kind) {
      case 'string':
        return { kind: 'literal', value: token.text };
      case 'bytes':
        if (token.text.length % 2 === 1) throw this.#unexpected(token, 'an even number of hexadecimal digits');
        return { kind: 'literal', value: Buffer.from(token.text.slice(2), 'hex') };
      case 'int':
        if (token.text.length > 100 || BigInt(token.text) > maxInteger)
          throw this.#unexpected(token, `a whole number up to ${maxInteger}`);
        return { kind: 'literal', value: BigInt(token.text) };
      case 'float':
        return { kind: 'literal', value: Number(token.text) };
      case 'enum':
        return { kind: 'enum', name: token.text, at: token.at };
      case 'name':
        return this.#named(token);
      default:
        return this.#composite(token);
    }
  }

  #named(token: Token): Expression {
    if (token.text === 'nil') return { kind: 'literal', value: undefined };
    if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true' };
    if (/^[A-Z]/.test(token.text) && this.#peek() !== '(') return { kind: 'function', name: token.text, at: token.at };
    if (this.#peek() === '(') {
      if (/^[a-z]/.test(token.text))
        throw this.#unexpected(token, 'a converter (its name begins with an upper-case letter)');
      return this.#call(token);
    }
    const segments: PathSegment[] = [{ name: token.text, keys: this.#keys() }];
    while (this.#accept('.')) {
      segments.push({ name: this.#take('name', 'the next part of the path').text, keys: this.#keys() });
    }
    return { kind: 'path', segments, at: token.at };
  }

  #composite(token: Token): Expression {
    if (token.text === '-' || token.text === '+') {
      const next = this.#peek();
      if (next === '-' || next === '+')
        throw this.#unexpected(this.#tokens[this.#next], 'a value without a second sign');
      const value = this.#operand(this.#value());
      const isNumber = value.kind === 'literal' && (typeof value.value === 'bigint' || typeof value.value === 'number');
      if (token.text === '+') return isNumber ? { ...value, isSigned: true } : value;
      return isNumber ? { kind: 'literal', value: -value.value, isSigned: true } : { kind: 'negative', value };
    }
    if (token.text === '(') {
      const inner = this.#nested(() => this.#sum());
      this.#expect(')');
      return inner;
    }
    if (token.text === '[') return { kind: 'list', items: this.#nested(() => this.#separated(']', () => this.#sum())) };
    if (token.text === '{') {
      return { kind: 'map', entries: this.#nested(() => this.#entries()) };
    }
    throw this.#unexpected(token, 'a value');
  }

  /** The entries of a map. Same as in the Collector, commas between them can be missing. */
  #entries(): { key: string; value: Expression }[] {
    const entries: { key: string; value: Expression }[] = [];
    while (!this.#accept('}')) {
      const key = this.#take('string', 'a key in quotes').text;
      this.#expect(':');
      entries.push({ key, value: this.#sum() });
      this.#accept(',');
    }
    return entries;
  }

  #call(token: Token): CallExpression {
    this.#expect('(');
    const args = this.#nested(() => this.#separated(')', () => this.#argument()));
    return { kind: 'call', name: token.text, args, keys: this.#keys(), at: token.at };
  }

  #argument(): Argument {
    const token = this.#tokens[this.#next];
    if (token?.kind === 'name' && this.#tokens[this.#next + 1]?.text === '=') {
      this.#next += 2;
      return { name: token.text, value: this.#sum() };
    }
    return { name: undefined, value: this.#sum() };
  }

  #keys(): KeyExpression[] {
    const keys: KeyExpression[] = [];
    while (this.#accept('[')) {
      const key = this.#nested(() => this.#sum());
      const isConstant = key.kind === 'literal' && (typeof key.value === 'string' || typeof key.value === 'bigint');
      keys.push(isConstant ? (key.value as string | bigint) : this.#operand(key));
      this.#expect(']');
    }
    return keys;
  }

  #separated<T>(end: string, item: () => T): T[] {
    const items: T[] = [];
    if (this.#accept(end)) return items;
    do items.push(item());
    while (this.#accept(','));
    this.#expect(end);
    return items;
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > maxDepth) throw new OttlParseError(`nested more than ${maxDepth} levels deep`);
    const result = read();
    this.#depth--;
    return result;
  }

  #attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (error instanceof OttlParseError) return undefined;
      throw error;
    }
  }

  /** The text of the next token, unless it is a literal string. */
  #peek(): string | undefined {
    const token = this.#tokens[this.#next];
    return token?.kind === 'string' ? undefined : token?.text;
  }

  #accept(text: string): boolean {
    if (this.#peek() !== text) return false;
    this.#next++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw this.#unexpected(this.#tokens[this.#next], `"${text}"`);
  }

  #take(kind: Token['kind'], wanted: string): Token {
    const token = this.#tokens[this.#next++];
    if (token?.kind !== kind) throw this.#unexpected(token, wanted);
    return token;
  }

  #unexpected(token: Token | undefined, wanted: string): OttlParseError {
    const found = token ? `unexpected token ${JSON.stringify(token.text)}` : 'unexpected end';
    return new OttlParseError(`1:${(token?.at ?? this.#length) + 1}: ${found} (expected ${wanted})`);
  }
}
