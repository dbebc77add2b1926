import { providers, type RetrieveContext, type Retrieved } from './providers.ts';
import { ExpandedText, isRawMap, type RawMap, type RawValue } from './raw-value.ts';

/** Number of rounds of expansion after which a value is considered to refer to itself. */
const maxRounds = 1000;
/** Maximum length of a text during expansion, in characters. A longer text is refused. */
const maxTextLength = 16 * 1024 * 1024;

/** A reference that cannot be replaced. The message is the Collector's. */
export class ExpansionError extends Error {
  override readonly name = 'ExpansionError';
  readonly reference: string;
  /** Keys that lead to the text with the reference. */
  readonly path: string[] = [];

  constructor(message: string, reference: string) {
    super(message);
    this.reference = reference;
  }
}

/**
 * Replaces the references `${…}` in a value (docs/reference/collector-behaviour.md#variable-references). Keys do not change. `$$`
 * becomes `$`.
 * @throws ExpansionError, or Error with the Collector's message
 */
export async function expandVariables(value: RawValue, context: RetrieveContext): Promise<RawValue> {
  let current = value;
  for (let round = 0; round < maxRounds; round++) {
    const next = await expandOnce(current, context);
    if (Object.is(next, current)) return withoutEscapes(current);
    current = next;
  }
  throw new Error('too many recursive expansions');
}

/** Expands one round. Returns the same object if nothing was expanded. */
async function expandOnce(value: RawValue, context: RetrieveContext): Promise<RawValue> {
  if (typeof value === 'string') return expandText(value, context);
  if (value instanceof ExpandedText) return expandExpanded(value, context);
  if (Array.isArray(value)) {
    const items = await eachInTurn(value, (item, index) => below(String(index), expandOnce(item, context)));
    return items.every((item, index) => Object.is(item, value[index])) ? value : items;
  }
  if (!isRawMap(value)) return value;
  const keys = Object.keys(value);
  const items = await eachInTurn(keys, (key) => below(key, expandOnce(value[key]!, context)));
  if (keys.every((key, index) => Object.is(items[index], value[key]))) return value;
  return Object.fromEntries(keys.map((key, index) => [key, items[index]!]));
}

async function eachInTurn<Item, Result>(
  items: readonly Item[],
  use: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const [index, item] of items.entries()) results.push(await use(item, index));
  return results;
}

/** Adds a key to the path of an error. */
async function below<Result>(key: string, expansion: Promise<Result>): Promise<Result> {
  try {
    return await expansion;
  } catch (error) {
    if (error instanceof ExpansionError) error.path.unshift(key);
    throw error;
  }
}

async function expandExpanded(value: ExpandedText, context: RetrieveContext): Promise<RawValue> {
  const expanded = await expandOnce(value.value, context);
  if (typeof expanded === 'string' || expanded instanceof ExpandedText) return expanded;
  let original: RawValue;
  try {
    original = await expandOnce(value.original, context);
  } catch {
    return expanded;
  }
  if (typeof original !== 'string') return expanded;
  if (Object.is(expanded, value.value) && original === value.original) return value;
  return new ExpandedText(original, expanded);
}

async function expandText(text: string, context: RetrieveContext): Promise<RawValue> {
  if (!text.includes('${') || !text.includes('}')) return text;
  const reference = findReference(text);
  if (reference === undefined) return text;
  let result: Retrieved;
  try {
    result = await retrieve(reference.slice(2, -1), context);
  } catch (error) {
    throw new ExpansionError((error as Error).message, reference);
  }
  if (reference === text) return new ExpandedText(result.text, result.value);
  const expanded = text.replaceAll(reference, () => result.text);
  if (expanded.length > maxTextLength) throw new Error('too many recursive expansions');
  return expanded;
}

/** Returns the first innermost `${…}` that is not escaped by `$$`. */
function findReference(text: string): string | undefined {
  let rest = text;
  for (;;) {
    const close = rest.indexOf('}');
    if (close < 0) return undefined;
    const open = rest.slice(0, close).lastIndexOf('${');
    if (open >= 0) {
      const dollars = /\$*$/.exec(rest.slice(0, open))![0].length;
      if (dollars % 2 === 0) return rest.slice(open, close + 1);
    }
    rest = rest.slice(close + 1);
  }
}

const location = /^([A-Za-z][A-Za-z0-9+.-]+):(.*)$/s;

async function retrieve(reference: string, context: RetrieveContext): Promise<Retrieved> {
  const uri = reference.includes(':') ? reference : `env:${reference}`;
  const match = location.exec(uri);
  if (!match) throw new Error(`invalid uri: ${JSON.stringify(uri)}`);
  const [, scheme, opaque] = match;
  if (opaque!.includes('$')) throw new Error(`the uri ${JSON.stringify(uri)} contains unsupported characters ('$')`);
  const provider = Object.hasOwn(providers, scheme!) ? providers[scheme!] : undefined;
  if (!provider) throw new Error(`scheme ${JSON.stringify(scheme)} is not supported for uri ${JSON.stringify(uri)}`);
  return provider(opaque!, context);
}

function withoutEscapes(value: RawValue): RawValue {
  if (typeof value === 'string') return value.replaceAll('$$', () => '$');
  if (value instanceof ExpandedText) {
    return new ExpandedText(
      value.original.replaceAll('$$', () => '$'),
      withoutEscapes(value.value),
    );
  }
  if (Array.isArray(value)) return value.map(withoutEscapes);
  if (!isRawMap(value)) return value;
  return Object.fromEntries(Object.entries(value as RawMap).map(([key, item]) => [key, withoutEscapes(item)]));
}
