import { z } from 'zod';
import { goKindOf, goTypeOf, isRawMap, withoutText } from '../raw-value.ts';
import { type DecodeSource, decodeFailure } from './decode-error.ts';
import { type ConfigProblem, changedMetadata, metadataOf, type StartProblem, withMetadata } from './metadata.ts';

// A schema parses few objects: compiling a parser for each costs more than it saves.
z.config({ jitless: true });

/** Keys of a group as written in YAML, with their schemas. */
export type ConfigShape = Readonly<Record<string, z.ZodType>>;

type CamelCase<Key extends string> = Key extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Key;

/** Decoded form of a group: its keys in camelCase. */
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
 * Schema of a group of keys: a component's configuration or a part of one. Unknown keys are errors. If the group is
 * absent or null, every key has its default. The decoded object has camelCase keys.
 * @param goType the Collector's name of the type, for messages about an unknown key at the top of a component
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

/** Schema of a group that is disabled if its key is absent or null, or if it contains `enabled: false`. */
export function optional<Group>(group: z.ZodType<Group>): z.ZodType<Group | undefined> {
  return switchable(group, 'on-content');
}

/** Schema of a group that is disabled if its key is absent, and enabled with its defaults if the key has no value. */
export function optionalWithDefaults<Group>(group: z.ZodType<Group>): z.ZodType<Group | undefined> {
  return switchable(group, 'on-key');
}

/**
 * Schema of a group that is enabled with its defaults if its key is absent or null. Only `enabled: false` disables it.
 */
export function onByDefault<Group>(group: z.ZodType<Group>): z.ZodType<Group | undefined> {
  return switchable(group, 'unless-disabled');
}

/**
 * Schema of a key from older releases of the Collector that now has another name. Undefined unless it is written;
 * `print-config` then omits it.
 */
export function olderKey<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  const older = z
    .unknown()
    .optional()
    .transform((raw, context): T | undefined => (raw === undefined ? undefined : decodeInPlace(schema, raw, context)));
  return withMetadata(older as z.ZodType<T | undefined>, { ...metadataOf(schema), default: '', isOlder: true });
}

/**
 * Schema of a group that is undefined if its key is absent or null. It has no key `enabled`, and its errors contain the
 * whole path.
 */
export function nullable<Group>(group: z.ZodType<Group>): z.ZodType<Group | undefined> {
  return pointer(group, 'on-content');
}

/** Schema like `nullable`, for a group that a key without a value enables with its defaults. */
export function nullableWithDefaults<Group>(group: z.ZodType<Group>): z.ZodType<Group | undefined> {
  return pointer(group, 'on-key');
}

function pointer<Group>(group: z.ZodType<Group>, presence: 'on-content' | 'on-key'): z.ZodType<Group | undefined> {
  const schema = z
    .unknown()
    .optional()
    .transform((raw, context): Group | undefined => {
      const value = withoutText(raw);
      if (raw === undefined || (value === null && presence === 'on-content')) return undefined;
      return decodeInPlace(group, value ?? {}, context);
    });
  const metadata = { ...metadataOf(group), presence, isPointer: true };
  return withMetadata(schema as z.ZodType<Group | undefined>, metadata);
}

/**
 * Schema of a group with the error messages of the Collector's types that decode themselves: wrapped, with the name of
 * their own type.
 */
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
 * Adds a check that runs after the whole configuration was decoded. The check returns nothing, or a problem: a text for
 * the group itself (`exporters::prometheus: <text>`), with `path` for a key below it.
 */
export function validated<Schema extends z.ZodType>(
  schema: Schema,
  check: (
    value: NonNullable<z.output<Schema>>,
  ) => string | ConfigProblem | readonly (string | ConfigProblem)[] | undefined,
): Schema {
  return changedMetadata(schema, { checks: [...(metadataOf(schema).checks ?? []), check] });
}

/** Adds a check of files and the like, which runs before the components start, and in `validate`. */
export function checkedAtStart<Schema extends z.ZodType>(
  schema: Schema,
  check: (value: NonNullable<z.output<Schema>>) => StartProblem | undefined,
): Schema {
  return changedMetadata(schema, { startChecks: [...(metadataOf(schema).startChecks ?? []), check] });
}

/** Schema of a key with another name in validation messages: `tls` of a server is `serverconfig::tls`. */
export function reportedAs<Schema extends z.ZodType>(path: string, schema: Schema): Schema {
  return changedMetadata(schema, { reportedAs: path });
}
