import type { z } from 'zod';

/** A problem that a check of a decoded configuration found. `path`: keys below the checked group, joined with `::`. */
export interface ConfigProblem {
  readonly path?: string;
  readonly message: string;
  /** Keys below `path` to which the hint points, if the message does not contain them. */
  readonly keys?: readonly string[];
  /** Replacement text for the hint. */
  readonly remedy?: string;
  /** Whether the problem exists on this machine only, such as a missing directory. */
  readonly isLocal?: boolean;
}

/** Checks a decoded value. A returned text is a problem of the value itself. */
type ConfigCheck = (value: never) => string | ConfigProblem | readonly (string | ConfigProblem)[] | undefined;

/** Checks a group of settings before the start. Returns the problem with which the start would end. */
type StartCheck = (value: never) => StartProblem | undefined;

/** A reason why a component cannot start. */
export interface StartProblem {
  /** The Collector's message of the failed start. */
  readonly message: string;
  /** Keys below the checked group that lead to the problem. */
  readonly keys: readonly string[];
  readonly remedy: string;
}

/**
 * Metadata that the builders of schema.ts attach to a key. Validation, the reference documentation, and `print-config`
 * read it.
 */
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
  /** Default value as it would be written in YAML. Absent for groups. */
  readonly default?: unknown;
  /** Accepted texts of an enumeration. */
  readonly values?: readonly string[];
  /** Element of a list or map. */
  readonly item?: z.ZodType;
  /** Keys of a group as written in YAML. */
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  /** The Collector's name of a group's type. */
  readonly goType?: string;
  /**
   * Condition for a group to exist: `always` (with its defaults if the key is absent), `on-content` (only if it is a
   * map), `on-key` (also if the key has no value), or `unless-disabled` (also without the key, unless it contains
   * `enabled: false`).
   */
  readonly presence?: 'always' | 'on-content' | 'on-key' | 'unless-disabled';
  /** Whether a map is printed as a list of `{name, value}`. */
  readonly isPairs?: boolean;
  /** Whether the group has no key `enabled`; see `nullable`. */
  readonly isPointer?: boolean;
  /** Whether the key belongs to older releases, see `olderKey`. `print-config` omits it unless it is written. */
  readonly isOlder?: boolean;
  /**
   * Set if pitot accepts the key for compatibility and ignores it; see `withoutEffect`. The reason, or `''` if it is obvious.
   */
  readonly withoutEffect?: string;
  /** Meaning of a text: an address on which a component listens, or the ID of an extension. */
  readonly role?: 'listen-address' | 'extension';
  /** For an address: sibling settings with which nothing listens on it. */
  readonly unless?: readonly string[];
  /** Checks for `validateConfig`, in order. */
  readonly checks?: readonly ConfigCheck[];
  /** Checks for `startProblems`, which look beyond the configuration: at files. */
  readonly startChecks?: readonly StartCheck[];
  /** Converts a decoded value to its YAML form, if they differ. */
  readonly written?: (value: never) => unknown;
  /** Name of the key in validation messages, if it differs from the key itself. */
  readonly reportedAs?: string;
}

/* Metadata by schema object. zod's own registries cannot type metadata that contains schemas. */
const registry = new WeakMap<z.ZodType, SchemaMetadata>();

/** Returns the metadata of a schema that a builder of schema.ts made, or of its copy with `.describe(…)`. */
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

/** Returns a copy of a schema with changed metadata. The description does not change. */
export function changedMetadata<Schema extends z.ZodType>(schema: Schema, changes: Partial<SchemaMetadata>): Schema {
  const { _zod: internals } = schema;
  const copy = schema.clone(internals.def, { parent: true }) as Schema;
  return withMetadata(copy, { ...metadataOf(schema), ...changes });
}

/**
 * Marks a setting that pitot accepts for compatibility and ignores, with all keys of a group. It is listed in one table
 * of docs/configuration.md, and pitot logs it if it is configured.
 * @param reason reason why the setting is not needed, as a clause; omit it if it is obvious
 */
export function withoutEffect<Schema extends z.ZodType>(schema: Schema, reason = ''): Schema {
  return changedMetadata(schema, { withoutEffect: reason });
}

/** The description that `.describe(…)` gave to a key. */
export function descriptionOf(schema: z.ZodType): string | undefined {
  return schema.description;
}
