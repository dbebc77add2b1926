/** The part of JSON Schema that both charts use. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** Keywords that only describe, or that `stricter` compares. The comparison would miss any other keyword. */
const compared = new Set([
  '$ref',
  'type',
  'enum',
  'properties',
  'additionalProperties',
  'items',
  'required',
  'description',
]);
const atRoot = new Set(['$schema', '$defs', 'title']);

/** Returns one line for each rule by which `ours` rejects values that `theirs` accepts. */
export function stricter(theirs: Schema, ours: Schema): string[] {
  const found: string[] = [];
  const allowed = (types: Schema['type']): readonly string[] | undefined =>
    typeof types === 'string' ? [types] : types;

  const compare = (path: string, rawTheirs: Schema | true, rawOurs: Schema): void => {
    const mine = resolve(ours, rawOurs);
    const other = rawTheirs === true ? {} : resolve(theirs, rawTheirs);
    for (const keyword of Object.keys(mine)) {
      if (!compared.has(keyword) && !(path === '' && atRoot.has(keyword))) found.push(`${path}: ${keyword}`);
    }
    const [types, otherTypes] = [
      allowed(mine.type),
      allowed(other.type) ?? other.anyOf?.flatMap(({ type }) => type ?? []),
    ];
    // A number includes integers.
    const refused = otherTypes?.filter(
      (type) => !types?.includes(type) && !(type === 'integer' && types?.includes('number')),
    );
    if (types && (!refused || refused.length > 0)) found.push(`${path}: only ${types.join(' or ')}`);
    if (mine.enum && !other.enum?.every((value) => mine.enum!.includes(value)))
      found.push(`${path}: only ${mine.enum.join(' or ')}`);
    for (const key of mine.required ?? [])
      if (!other.required?.includes(key)) found.push(`${path}: ${key} is required`);

    const known = other.properties ?? {};
    for (const [key, child] of Object.entries(mine.properties ?? {})) {
      // A pitot-specific key in an object that the upstream schema closes cannot occur in values for the upstream chart.
      const theirChild =
        known[key] ?? Object.values(other.patternProperties ?? {})[0] ?? other.additionalProperties ?? true;
      if (theirChild !== false) compare(`${path}.${key}`, theirChild, child);
    }
    if (mine.additionalProperties === false) {
      if (other.additionalProperties !== false) found.push(`${path}: closed`);
      for (const key of Object.keys(known)) if (!mine.properties?.[key]) found.push(`${path}.${key}: unknown`);
    } else if (typeof mine.additionalProperties === 'object') {
      const theirChild = Object.values(other.patternProperties ?? {})[0] ?? other.additionalProperties ?? true;
      if (theirChild !== false) compare(`${path}.*`, theirChild, mine.additionalProperties);
    }
    if (mine.items) compare(`${path}[]`, other.items ?? true, mine.items);
  };
  compare('', theirs, ours);
  return found;
}

function resolve(root: Schema, node: Schema): Schema {
  return node.$ref === undefined ? node : root.$defs![node.$ref.replace('#/$defs/', '')]!;
}
