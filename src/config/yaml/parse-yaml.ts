import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { GoFloat, goTypeOf, isRawMap, type RawMap, type RawValue } from '../raw-value.ts';
import { plainScalar } from './plain-scalar.ts';
import { type Position, Positions } from './positions.ts';
import { YamlError, yamlErrorFrom } from './yaml-error.ts';

/** A document with the positions of its keys and values. */
export interface ParsedYaml {
  readonly value: RawValue;
  readonly positions: Positions;
  /** Whether the document is a map in which one of its own keys is not a text, such as `1:`. */
  readonly hasForeignTopKey: boolean;
}

/**
 * Parses the first document of a YAML text by the Collector's rules (docs/reference/collector-behaviour.md#merging-configurations,
 * #types-of-settings). Refuses aliases that expand a small text to a large one.
 * @throws YamlError
 */
export function parseYaml(text: string): ParsedYaml {
  const controls = /[\0-\x08\v\f\x0e-\x1f\x7f]/.exec(text);
  if (controls) throw new YamlError('yaml: control characters are not allowed');
  if (/^%(?!YAML|TAG)/.test(text)) throw new YamlError('yaml: found unknown directive name');
  const lines = new LineCounter();
  const options = { schema: 'failsafe', lineCounter: lines, uniqueKeys: false, keepSourceTokens: true } as const;
  const documents = parseAllDocuments(text, options);
  const document = 'empty' in documents ? undefined : documents[0];
  if (!document) return { value: null, positions: new Positions(), hasForeignTopKey: false };
  // Brackets can close at any indentation. Whether they close at all is checked while reading.
  const errors = document.errors.filter(({ message }) => !message.includes('must be sufficiently indented'));
  if (errors.length > 0) throw yamlErrorFrom(errors);
  const reader = new DocumentReader(text, lines);
  const value = reader.read(document.contents, []);
  reader.throwProblems();
  return { value, positions: reader.positions, hasForeignTopKey: reader.hasForeignTopKey };
}

class DocumentReader {
  readonly positions = new Positions();
  hasForeignTopKey = false;
  readonly #lines: LineCounter;
  readonly #lineCount: number;
  readonly #anchors = new Map<string, Node>();
  readonly #open = new Set<Node>();
  readonly #problems: { readonly message: string; readonly position: Position }[] = [];
  #read = 0;
  #readInAliases = 0;
  #aliasDepth = 0;

  constructor(text: string, lines: LineCounter) {
    this.#lines = lines;
    this.#lineCount = text.replace(/\n$/, '').split('\n').length;
  }

  /** Reports all duplicate keys in one error. */
  throwProblems(): void {
    if (this.#problems.length === 0) return;
    const lines = this.#problems.map(({ message }) => message).join('\n');
    throw new YamlError(`yaml: unmarshal errors:\n${lines}`, this.#problems[0]!.position);
  }

  read(node: unknown, path: readonly string[]): RawValue {
    this.#count();
    if (isAlias(node)) return this.#readAlias(node.source, path);
    if (isScalar(node)) {
      if (node.anchor) this.#anchors.set(node.anchor, node);
      return scalarValue(node);
    }
    if (isMap(node) || isSeq(node)) {
      if (node.anchor) this.#anchors.set(node.anchor, node);
      this.#requireClosed(node);
      this.#open.add(node);
      const value = isMap(node)
        ? this.#readMap(node, path)
        : node.items.map((item, index) => this.read(item, [...path, String(index)]));
      this.#open.delete(node);
      return value;
    }
    return null;
  }

  #requireClosed(node: YAMLMap | YAMLSeq): void {
    const token = node.srcToken;
    if (token?.type !== 'flow-collection') return;
    const end = isMap(node) ? '}' : ']';
    if (token.end[0]?.source === end) return;
    const { line, col } = this.#lines.linePos(token.offset);
    const position = { line, column: col };
    const last = token.items.at(-1);
    const hasColon = last?.sep?.some(({ type }) => type === 'map-value-ind') ?? false;
    const isContentMissing = !last?.value && (hasColon || !last?.key);
    if (isContentMissing) {
      throw new YamlError(`yaml: line ${this.#lineCount}: did not find expected node content`, position);
    }
    const shown = line > 1 ? line - 1 : this.#lineCount;
    throw new YamlError(`yaml: line ${shown}: did not find expected ',' or '${end}'`, position);
  }

  #readAlias(name: string, path: readonly string[]): RawValue {
    const target = this.#anchors.get(name);
    if (!target) throw new YamlError(`yaml: unknown anchor '${name}' referenced`);
    if (this.#open.has(target)) throw new YamlError(`yaml: anchor '${name}' value contains itself`);
    this.#aliasDepth++;
    const value = this.read(target, path);
    this.#aliasDepth--;
    return value;
  }

  #readMap(node: YAMLMap, path: readonly string[]): RawMap {
    const entries = new Map<string, RawValue>();
    const merged = new Map<string, RawValue>();
    const keyLines = new Map<string, number[]>();
    for (const pair of node.items as Pair<Node, Node>[]) {
      const line = this.#lines.linePos(pair.key?.range?.[0] ?? 0);
      if (isScalar(pair.key) && pair.key.value === '<<' && pair.key.type === 'PLAIN') {
        this.#merge(pair.value, path, merged);
        continue;
      }
      if (isScalar(pair.key) && pair.key.range?.[0] === pair.key.range?.[1] && pair.key.source === '') {
        throw new YamlError('yaml: did not find expected key');
      }
      const rawKey = this.read(pair.key, path);
      if (path.length === 0 && typeof rawKey !== 'string') this.hasForeignTopKey = true;
      const key = keyText(rawKey);
      const earlier = keyLines.get(key) ?? [];
      keyLines.set(key, [...earlier, line.line]);
      for (const first of earlier) {
        const message = `  line ${line.line}: mapping key ${JSON.stringify(key)} already defined at line ${first}`;
        this.#problems.push({ message, position: { line: line.line, column: line.col } });
      }
      const below = [...path, ...key.split('::')];
      if (this.#aliasDepth === 0) this.positions.set(below, { line: line.line, column: line.col });
      entries.set(key, this.read(pair.value, below));
    }
    for (const [key, value] of merged) if (!entries.has(key)) entries.set(key, value);
    return Object.fromEntries(entries);
  }

  /** `<<`: merges the keys of one map or of several. The first map that contains a key takes precedence. */
  #merge(node: Node | null, path: readonly string[], into: Map<string, RawValue>): void {
    const value = this.read(node, path);
    for (const map of Array.isArray(value) ? value : [value]) {
      if (!isRawMap(map)) throw new YamlError('yaml: map merge requires map or sequence of maps as the value');
      for (const [key, item] of Object.entries(map)) if (!into.has(key)) into.set(key, item);
    }
  }

  /** Applies the Collector's limit to the expansion of aliases. */
  #count(): void {
    this.#read++;
    if (this.#aliasDepth > 0) this.#readInAliases++;
    if (this.#readInAliases <= 100 || this.#read <= 1000) return;
    const few = 400_000;
    const many = 4_000_000;
    const share = Math.min(1, Math.max(0, (this.#read - few) / (many - few)));
    if (this.#readInAliases / this.#read > 0.99 - 0.89 * share) {
      throw new YamlError('yaml: document contains excessive aliasing');
    }
  }
}

/** Types that a value can have under an explicit tag. */
const tagTypes: ReadonlyMap<string, readonly string[]> = new Map([
  ['int', ['int', 'uint64']],
  ['float', ['float64']],
  ['bool', ['bool']],
]);

function scalarValue(node: { value: unknown; type?: string; tag?: string; source?: string }): RawValue {
  const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
  const tag = node.tag?.replace('tag:yaml.org,2002:', '').replace(/^!!/, '');
  if (tag === 'str' || (node.type !== 'PLAIN' && node.type !== undefined && tag === undefined)) return text;
  if (tag === 'binary') return Buffer.from(text.replace(/\s+/g, ''), 'base64').toString('utf8');
  if (tag === undefined || tag === 'null' || tag === 'timestamp') return plainScalar(text);
  const goType = tagTypes.get(tag);
  if (goType === undefined) return text;
  const value = plainScalar(text);
  if (tag === 'float' && typeof value === 'number') return Number.isInteger(value) ? new GoFloat(value) : value;
  if (!goType.includes(goTypeOf(value))) throw new YamlError(`yaml: cannot decode !!str \`${text}\` as a !!${tag}`);
  return value;
}

/** Converts a key to text. Keys of a configuration are texts; other keys become the text that Go prints for them. */
function keyText(key: RawValue): string {
  if (typeof key === 'string') return key;
  if (key === null) return '<nil>';
  if (key instanceof Date) return key.toISOString();
  if (typeof key === 'object' && !('value' in key)) {
    throw new YamlError(`yaml: invalid map key: ${goTypeOf(key)}`);
  }
  return String(typeof key === 'object' && 'value' in key ? key.value : key);
}
