import type { ClientContext } from '#component/consumer.ts';
import type { AnyValue, KeyValue } from '#pdata/attributes.ts';
import type { AttributeAction, ValueSource } from './action.ts';
import { contextValue } from './context-value.ts';
import { convertValue } from './convert-value.ts';
import { hashValue } from './hash-value.ts';

/**
 * Applies an action to a list of attributes in place (docs/reference/collector-behaviour.md#attributes-processor). Uses the first
 * of repeated keys.
 */
export function applyAction(entries: KeyValue[], action: AttributeAction, context: ClientContext): void {
  switch (action.action) {
    case 'insert':
    case 'update':
    case 'upsert': {
      const found = sourceValue(entries, action.source, context);
      if (found === undefined) return;
      const at = indexOf(entries, action.key);
      if (at >= 0 ? action.action !== 'insert' : action.action !== 'update') put(entries, action.key, found.value);
      break;
    }
    case 'delete':
      remove(entries, action);
      break;
    case 'hash':
      hash(entries, action);
      break;
    case 'extract':
      extract(entries, action);
      break;
    case 'convert': {
      const at = indexOf(entries, action.key);
      if (at >= 0) put(entries, action.key, convertValue(entries[at]!.value, action.to));
      break;
    }
  }
}

type ActionOf<Name> = Extract<AttributeAction, { action: Name }>;

function indexOf(entries: readonly KeyValue[], key: string): number {
  return entries.findIndex((entry) => entry.key === key);
}

function put(entries: KeyValue[], key: string, value: AnyValue): void {
  const at = indexOf(entries, key);
  if (at < 0) entries.push({ key, value });
  else if (entries[at]!.value !== value) entries[at] = { key, value };
}

/** Undefined if no source has a value. The value itself can be empty. */
function sourceValue(
  entries: readonly KeyValue[],
  source: ValueSource,
  context: ClientContext,
): { readonly value: AnyValue } | undefined {
  if (source.value !== undefined) return { value: source.value };
  if (source.fromContext !== '') {
    const value = contextValue(source.fromContext, context);
    if (value !== undefined) return { value };
  }
  if (source.fromAttribute !== '') {
    const at = indexOf(entries, source.fromAttribute);
    if (at >= 0) return { value: entries[at]!.value };
  }
  return source.defaultValue === undefined ? undefined : { value: source.defaultValue };
}

/**
 * Same as in the Collector: the last attribute takes the place of one that is removed by its key; a pattern preserves
 * the order.
 */
function remove(entries: KeyValue[], { key, pattern }: ActionOf<'delete' | 'hash'>): void {
  const at = indexOf(entries, key);
  if (at >= 0) {
    entries[at] = entries.at(-1)!;
    entries.pop();
  }
  if (pattern === undefined) return;
  const kept = entries.filter((entry) => !pattern.matcher(entry.key).find());
  if (kept.length < entries.length) entries.splice(0, entries.length, ...kept);
}

/** Same as in the Collector: a key that is both named and matched is hashed twice. */
function hash(entries: KeyValue[], { key, pattern }: ActionOf<'delete' | 'hash'>): void {
  const at = indexOf(entries, key);
  if (at >= 0) entries[at] = { key, value: hashValue(entries[at]!.value) };
  if (pattern === undefined) return;
  for (const [i, entry] of entries.entries()) {
    if (pattern.matcher(entry.key).find()) entries[i] = { key: entry.key, value: hashValue(entry.value) };
  }
}

function extract(entries: KeyValue[], { key, pattern, groups }: ActionOf<'extract'>): void {
  const value = entries[indexOf(entries, key)]?.value;
  if (typeof value !== 'string') return;
  const matcher = pattern.matcher(value);
  if (!matcher.find()) return;
  // Reads all groups first, because an assignment can change the attribute itself.
  const texts = groups.map((_, group) => matcher.group(group + 1) ?? '');
  for (const [i, group] of groups.entries()) put(entries, group, texts[i]);
}
