import type { z } from 'zod';
import { choiceRemedy } from './choice-remedies.ts';
import { closest } from './closest.ts';
import type { Factories, FactoryKind } from './load-config.ts';
import { formOf } from './other-forms.ts';
import { withoutText } from './raw-value.ts';
import { nearestPlace, type ResolvedConfig } from './resolve-config.ts';
import { type DecodeSource, metadataOf } from './schema.ts';
import { serviceConfig } from './service-config.ts';
import { namesOf } from './type-names.ts';

interface HintContext {
  readonly resolved: ResolvedConfig;
  readonly factories: Factories;
}

/** Returns a hint for each problem: its position (file, line, key) and, if that is clear, the text to write instead. */
export function hintsFor(sources: readonly DecodeSource[], context: HintContext): string[] {
  const form = sources.some(isUnknownSection) ? formOf(context.resolved.raw) : undefined;
  const file = placeOf(sources[0]!.path, context.resolved)?.replace(/:\d+:\d+$/, '') ?? '';
  if (form !== undefined) return [`hint: ${file}: ${form}`];
  return sources.map((source) => hintFor(source, context)).filter((hint) => hint !== undefined);
}

function isUnknownSection({ path, message }: DecodeSource): boolean {
  return path.length === 1 && message === 'unknown key';
}

function hintFor({ path, message }: DecodeSource, context: HintContext): string | undefined {
  const place = placeOf(path, context.resolved);
  const remedy = remedyFor({ path, message }, context);
  if (place === undefined && remedy === undefined) return undefined;
  const key = path.join('::');
  return `hint: ${place === undefined ? '' : `${place}: `}${key}${remedy === undefined ? '' : `: ${remedy}`}`;
}

/** Returns `file:line:column` of the last source that contains the key. */
export function placeOf(path: readonly string[], { sources }: ResolvedConfig): string | undefined {
  return nearestPlace(path, sources);
}

const sections = ['receivers', 'processors', 'exporters', 'connectors', 'extensions', 'service'];

function remedyFor({ path, message }: DecodeSource, context: HintContext): string | undefined {
  const { factories } = context;
  const key = path.at(-1) ?? '';
  if (message === 'unknown key') {
    const known = path.length === 1 ? sections : Object.keys(shapeAt(path.slice(0, -1), factories) ?? {});
    const similar = closest(key, known);
    return similar === undefined ? undefined : `did you mean ${JSON.stringify(similar)}?`;
  }
  if (message.startsWith('unknown type')) {
    const kind = path[0] as FactoryKind;
    const types = [...(factories[kind] ?? []).flatMap(namesOf), ...(factories.otherNames?.[kind] ?? [])];
    const similar = closest(key.split('/')[0]!, types);
    return similar === undefined ? undefined : `did you mean ${JSON.stringify(similar)}?`;
  }
  const choice = choiceAt(path, context);
  if (choice !== undefined) return choice;
  if (message.startsWith('time:')) return 'write a duration such as "5m", "1h30m" or "500ms"';
  const expected = /expected type '([^']+)', got unconvertible type '([^']+)'/.exec(message);
  if (!expected) return undefined;
  if (expected[1] === 'string') return 'put the value in quotes';
  if (expected[1] === 'bool') return 'write true or false, without quotes';
  if (expected[1]!.startsWith('int') || expected[1]!.startsWith('uint')) return 'write a number, without quotes';
  return undefined;
}

/** Returns what to write instead of a text that is none of those that a key accepts. */
function choiceAt(path: readonly string[], { resolved, factories }: HintContext): string | undefined {
  const schema = shapeAt(path.slice(0, -1), factories)?.[path.at(-1) ?? ''];
  const values = schema && metadataOf(schema).values;
  if (values === undefined) return undefined;
  let raw: unknown = resolved.raw;
  for (const key of path) raw = (withoutText(raw) as Record<string, unknown> | undefined)?.[key];
  const text = withoutText(raw);
  return typeof text === 'string' ? choiceRemedy(text, values) : undefined;
}

/** Returns the keys of the group at a path of the configuration. */
function shapeAt(path: readonly string[], factories: Factories): Readonly<Record<string, z.ZodType>> | undefined {
  const [section, id, ...below] = path;
  if (section === 'service') return descend(serviceConfig, path.slice(1));
  if (id === undefined) return undefined;
  const type = id.split('/')[0]!.trim();
  const candidates = factories[section as FactoryKind] ?? [];
  const factory = [...candidates].find((entry) => namesOf(entry).includes(type));
  return factory && descend(factory.configSchema, below);
}

function descend(schema: z.ZodType, path: readonly string[]): Readonly<Record<string, z.ZodType>> | undefined {
  let current: z.ZodType | undefined = schema;
  for (const key of path) {
    if (!current) return undefined;
    const { shape, item }: { shape?: Readonly<Record<string, z.ZodType>>; item?: z.ZodType } = metadataOf(current);
    current = shape?.[key] ?? item;
  }
  return current && metadataOf(current).shape;
}
