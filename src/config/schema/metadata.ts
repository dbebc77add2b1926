import type { z } from 'zod';

/** A problem that a check of a decoded configuration found. `path`: keys below the checked group, joined with `::`. */
export interface ConfigProblem {
  readonly path?: string;
  readonly message: string;
}

/** Looks at a decoded value; a text is a problem of the value itself. */
type ConfigCheck = (value: never) => string | ConfigProblem | readonly (string | ConfigProblem)[] | undefined;

/** What a builder of schema.ts knows about a key: validation, the reference documentation and `print-config` walk it. */
export interface SchemaMetadata {
  readonly kind:
    | 'string'
    | 'boolean'
    | 'integer'
    | 'float'
    | 'duration'
    | 'enumeration'
    | 'secret'
    | 'any'
    | 'list'
    | 'map'
    | 'group';
  /** The value without configuration, as it would be written in YAML; absent for groups. */
  readonly default?: unknown;
  /** The accepted texts of an enumeration. */
  readonly values?: readonly string[];
  /** The element of a list or map. */
  readonly item?: z.ZodType;
  /** The keys of a group, as written in YAML. */
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  /** The collector's name of the type of a group. */
  readonly goType?: string;
  /**
   * When a group is there: `always` (its defaults, when the key is absent), `on-content` (only when it is given a map),
   * `on-key` (also when the key has no value) or `unless-disabled` (also without the key, unless it has `enabled: false`).
   */
  readonly presence?: 'always' | 'on-content' | 'on-key' | 'unless-disabled';
  /** A key of older releases, see `olderKey`: `print-config` leaves it out when it is not written. */
  readonly isOlder?: boolean;
  /** What a text refers to: an address on which a component listens, or the id of an extension. */
  readonly role?: 'listen-address' | 'extension';
  /** Checks for `validateConfig`, in order. */
  readonly checks?: readonly ConfigCheck[];
  /** How a decoded value is written in YAML, where that is not as it was decoded. */
  readonly written?: (value: never) => unknown;
  /** How validation messages name the key, where that differs from the key itself. */
  readonly reportedAs?: string;
}

/* Kept by schema object: zod's own registries can't type metadata that itself holds schemas. */
const registry = new WeakMap<z.ZodType, SchemaMetadata>();

/** What is known about a schema that a builder of schema.ts made; also of its copies with `.describe(…)`. */
export function metadataOf(schema: z.ZodType): SchemaMetadata {
  for (let current: z.ZodType | undefined = schema; current; current = current._zod.parent as z.ZodType | undefined) {
    const metadata = registry.get(current);
    if (metadata) return metadata;
  }
  throw new Error('this schema was not made by a builder of config/schema.ts');
}

/** Attaches metadata to a new schema and returns it. */
export function withMetadata<Schema extends z.ZodType>(schema: Schema, metadata: SchemaMetadata): Schema {
  registry.set(schema, metadata);
  return schema;
}

/** A copy of a schema whose metadata differs in some entries; its description stays. */
export function changedMetadata<Schema extends z.ZodType>(schema: Schema, changes: Partial<SchemaMetadata>): Schema {
  const { _zod: internals } = schema;
  const copy = schema.clone(internals.def, { parent: true }) as Schema;
  return withMetadata(copy, { ...metadataOf(schema), ...changes });
}

/** The description that `.describe(…)` gave to a key. */
export function descriptionOf(schema: z.ZodType): string | undefined {
  return schema.description;
}
