import { z } from 'zod';
import { goKindOf, goTypeOf, isRawMap, withoutText } from '../raw-value.ts';
import { type DecodeSource, decodeFailure } from './decode-error.ts';
import { type ConfigProblem, changedMetadata, metadataOf, withMetadata } from './metadata.ts';

/** The keys of a group as written in YAML, each with its schema. */
export type ConfigShape = Readonly<Record<string, z.ZodType>>;

type CamelCase<Key extends string> = Key extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Key;

/** What a group decodes to: its keys in camelCase. */
export type GroupOf<Shape extends ConfigShape> = {
  readonly [Key in keyof Shape & string as CamelCase<Key>]: z.output<Shape[Key]>;
};

/** The decoded type of a schema. */
export type ConfigOf<Schema extends z.ZodType> = z.output<Schema>;

/** `read_header_timeout` → `readHeaderTimeout` */
export function camelCase(key: string): string {
  return key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * A group of keys: a component's configuration or a part of one. Unknown keys are errors. Absent or null: every key's
 * default. The decoded object has camelCase keys.
 * @param goType the collector's name of the type, shown when an unknown key stands at the top of a component
 */
export function config<Shape extends ConfigShape>(goType: string, shape: Shape): z.ZodType<GroupOf<Shape>> {
  const keys = z.strictObject(shape as Record<string, z.ZodType>, {
    error: (issue) =>
      issue.code === 'invalid_type' ? `expected a map or struct, got "${goKindOf(issue.input)}"` : undefined,
  });
  const names = Object.keys(shape).map((key) => [key, camelCase(key)] as const);
  const schema = z
    .unknown()
    .optional()
    .transform((raw) => withoutText(raw) ?? {})
    .pipe(keys)
    .transform((decoded) => Object.fromEntries(names.map(([key, name]) => [name, decoded[key]])));
  return withMetadata(schema as unknown as z.ZodType<GroupOf<Shape>>, {
    kind: 'group',
    goType,
    shape,
    presence: 'always',
  });
}

/** A group that is off when its key is absent or null; `enabled: false` inside turns it off too. */
export function optional<Group>(group: z.ZodType<Group>): z.ZodType<Group | undefined> {
  return switchable(group, 'on-content');
}

/** A group that is off when its key is absent, and on with its defaults when the key has no value. */
export function optionalWithDefaults<Group>(group: z.ZodType<Group>): z.ZodType<Group | undefined> {
  return switchable(group, 'on-key');
}

/** A group that is on with its defaults when its key is absent or null; only `enabled: false` inside turns it off. */
export function onByDefault<Group>(group: z.ZodType<Group>): z.ZodType<Group | undefined> {
  return switchable(group, 'unless-disabled');
}

/**
 * A key that older releases of the Collector used for something that now has another key. Undefined unless it is written;
 * `print-config` then leaves it out.
 */
export function olderKey<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  const older = z
    .unknown()
    .optional()
    .transform((raw, context): T | undefined => (raw === undefined ? undefined : decodeInPlace(schema, raw, context)));
  return withMetadata(older as z.ZodType<T | undefined>, { ...metadataOf(schema), default: '', isOlder: true });
}

/** A group that is absent when its key is absent or null. It knows no `enabled`, and its errors carry the whole path. */
export function nullable<Group>(group: z.ZodType<Group>): z.ZodType<Group | undefined> {
  const schema = z
    .unknown()
    .optional()
    .transform((raw, context): Group | undefined => {
      const value = withoutText(raw);
      return value === undefined || value === null ? undefined : decodeInPlace(group, value, context);
    });
  return withMetadata(schema as z.ZodType<Group | undefined>, { ...metadataOf(group), presence: 'on-content' });
}

/** A group whose errors are told as the collector tells those of types that decode themselves: wrapped, by their own type. */
export function decodedAlone<Group>(group: z.ZodType<Group>): z.ZodType<Group> {
  const schema = z
    .unknown()
    .optional()
    .transform((raw, context): Group => decodeAlone(group, withoutText(raw) ?? {}, context));
  return withMetadata(schema as z.ZodType<Group>, metadataOf(group));
}

function switchable<Group>(
  group: z.ZodType<Group>,
  presence: 'on-content' | 'on-key' | 'unless-disabled',
): z.ZodType<Group | undefined> {
  const schema = z
    .unknown()
    .optional()
    .transform((raw, context): Group | undefined => {
      let value = withoutText(raw);
      if (presence !== 'unless-disabled' && raw === undefined) return undefined;
      if (presence === 'on-content' && value === null) return undefined;
      value ??= {};
      if (!isRawMap(value)) {
        context.addIssue({ code: 'custom', message: `'' expected a map or struct, got "${goKindOf(value)}"` });
        return z.NEVER;
      }
      const { enabled, ...rest } = value;
      const flag = withoutText(enabled);
      if (Object.hasOwn(value, 'enabled') && typeof flag !== 'boolean') {
        const got = flag === null ? '<nil>' : String(flag);
        const message = `unexpected type ${goTypeOf(flag)} for 'enabled': got '${got}' value expected 'true' or 'false'`;
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
      const decoded = decodeAlone(group, rest, context);
      return flag === false ? undefined : decoded;
    });
  return withMetadata(schema as z.ZodType<Group | undefined>, { ...metadataOf(group), presence });
}

function decodeInPlace<T>(schema: z.ZodType<T>, value: unknown, context: z.RefinementCtx): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) context.addIssue(issue as Parameters<typeof context.addIssue>[0]);
  return z.NEVER;
}

function decodeAlone<Group>(group: z.ZodType<Group>, value: unknown, context: z.RefinementCtx): Group {
  if (!isRawMap(value)) return decodeInPlace(group, value, context);
  const result = group.safeParse(value);
  if (result.success) return result.data;
  const failure = decodeFailure(result.error.issues, metadataOf(group).goType ?? 'struct');
  const params: { sources: readonly DecodeSource[] } = { sources: failure.sources };
  context.addIssue({ code: 'custom', message: failure.message, params });
  return z.NEVER;
}

/**
 * Adds a check that runs after the whole configuration was decoded. It returns nothing, or what is wrong: a text for the
 * group itself (`exporters::prometheus: <text>`), with `path` for a key below it.
 */
export function validated<Schema extends z.ZodType>(
  schema: Schema,
  check: (
    value: NonNullable<z.output<Schema>>,
  ) => string | ConfigProblem | readonly (string | ConfigProblem)[] | undefined,
): Schema {
  return changedMetadata(schema, { checks: [...(metadataOf(schema).checks ?? []), check] });
}

/** The same key, named otherwise in validation messages: `tls` of a server is `serverconfig::tls`. */
export function reportedAs<Schema extends z.ZodType>(path: string, schema: Schema): Schema {
  return changedMetadata(schema, { reportedAs: path });
}
