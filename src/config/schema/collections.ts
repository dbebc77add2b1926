import { z } from 'zod';
import { ExpandedText, goKindOf, goTypeOf, isRawMap, withoutText } from '../raw-value.ts';
import { withMetadata } from './metadata.ts';
import { string } from './scalars.ts';

/** Decodes one element and reports its problems under `[key]`. */
function decodeItem<T>(
  { item, raw, key }: { item: z.ZodType<T>; raw: unknown; key: string | number },
  context: z.RefinementCtx,
): T {
  const result = item.safeParse(raw);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    context.addIssue({ ...issue, path: [`[${key}]`, ...issue.path] } as Parameters<typeof context.addIssue>[0]);
  }
  return z.NEVER;
}

/** Schema of a list. If the key is absent or null, the value is the default. Refuses anything but a list. */
export function list<T>(item: z.ZodType<T>, defaultValue: readonly T[] = []): z.ZodType<readonly T[]> {
  const schema = z
    .unknown()
    .optional()
    .transform((raw, context): readonly T[] => {
      const value = withoutText(raw);
      if (value === undefined || value === null) return defaultValue;
      if (!Array.isArray(value)) {
        context.addIssue({
          code: 'custom',
          message: `source data must be an array or slice, got ${goKindOf(value)}`,
        });
        return z.NEVER;
      }
      return value.map((element, index) => decodeItem({ item, raw: element ?? null, key: index }, context));
    });
  return withMetadata(schema as z.ZodType<readonly T[]>, { kind: 'list', item, default: defaultValue });
}

interface ListWithTextsOptions {
  /** The key of a group that has the texts of the list. */
  readonly key: string;
  /** Whether texts may follow groups. Groups never follow texts. */
  readonly afterGroups: boolean;
  /** Name in the message that refuses a list element without a value. */
  readonly emptyElement: string;
}

/** Schema of a list of groups. Texts in the list form one more group at its end. */
export function listWithTexts<Group>(
  group: z.ZodType<Group>,
  { key, afterGroups, emptyElement }: ListWithTextsOptions,
): z.ZodType<readonly Group[]> {
  const groups = list(group);
  const schema = z
    .unknown()
    .optional()
    .transform((raw, context): readonly Group[] => {
      const value = withoutText(raw);
      if (!Array.isArray(value)) return decoded(groups, raw, context);
      const isText = (element: unknown) => typeof element === 'string' || element instanceof ExpandedText;
      if (value.some((element) => element === null)) {
        context.addIssue({ code: 'custom', message: emptyElement });
        return z.NEVER;
      }
      const texts = value.filter(isText);
      const isMixed = value.findLastIndex((element) => !isText(element)) > value.findIndex(isText) || !afterGroups;
      if (texts.length > 0 && texts.length < value.length && isMixed) {
        const message =
          'configuring multiple configuration styles is not supported, please use only Basic configuration or only Advanced configuration';
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
      const others = value.filter((element) => !isText(element));
      return decoded(groups, texts.length === 0 ? others : [...others, { [key]: texts }], context);
    });
  return withMetadata(schema as z.ZodType<readonly Group[]>, { kind: 'list', item: group, default: [] });
}

/** Decodes a value with another schema, and reports its problems. */
function decoded<T>(schema: z.ZodType<T>, raw: unknown, context: z.RefinementCtx): T {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  for (const issue of result.error.issues) context.addIssue(issue as Parameters<typeof context.addIssue>[0]);
  return z.NEVER;
}

/** Schema of a list of texts. A single text is split at its commas; the empty text is the empty list. */
export function stringList(
  defaultValue: readonly string[] = [],
  { values }: { readonly values?: readonly string[] } = {},
): z.ZodType<readonly string[]> {
  const element = string('', values && { values });
  const elements = list(element, defaultValue);
  const schema = z
    .unknown()
    .optional()
    .transform((raw, context) => {
      const value = raw instanceof ExpandedText && !Array.isArray(raw.value) ? splittable(raw) : raw;
      const split = typeof value === 'string' ? (value === '' ? [] : value.split(',')) : value;
      return decoded(elements, split, context);
    });
  return withMetadata(schema as z.ZodType<readonly string[]>, {
    kind: 'list',
    item: element,
    default: defaultValue,
  });
}

/** Whether a `${…}` for a list of texts is split: only if its value is a text. A number is refused. */
function splittable(raw: ExpandedText): unknown {
  return raw.value;
}

interface MapOptions {
  /** The Collector's name of the type in error messages. */
  readonly goType?: string;
}

/** Schema of a map with arbitrary keys. Absent or null means empty. */
export function mapOf<T>(item: z.ZodType<T>, { goType }: MapOptions = {}): z.ZodType<Readonly<Record<string, T>>> {
  const schema = z
    .unknown()
    .optional()
    .transform((raw, context): Readonly<Record<string, T>> => {
      const value = withoutText(raw);
      if (value === undefined || value === null) return {};
      if (!isRawMap(value)) {
        const message = `expected type '${goType ?? 'map[string]interface {}'}', got unconvertible type '${goTypeOf(value)}'`;
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
      return Object.fromEntries(
        Object.entries(value).map(([key, element]) => [key, decodeItem({ item, raw: element, key }, context)]),
      );
    });
  return withMetadata(schema as z.ZodType<Readonly<Record<string, T>>>, { kind: 'map', item, default: {} });
}

/** Schema of a map from texts to texts. A number or boolean value is refused. */
export function stringMap({
  goType = 'map[string]string',
}: MapOptions = {}): z.ZodType<Readonly<Record<string, string>>> {
  return mapOf(string(), { goType });
}
