import type { KeyValue } from '#pdata/attributes.ts';
import type { PathExpression, PathSegment } from './ast.ts';
import type { Accessor, ContextName, OttlContext } from './context.ts';
import { datapointPaths } from './datapoint-paths.ts';
import { metricPaths } from './metric-paths.ts';
import { OttlError, OttlParseError } from './ottl-error.ts';
import { resourcePaths, scopePaths } from './resource-paths.ts';
import { indexed, isList, isMap, list, map, type OttlValue, storable } from './value.ts';

/** The accessors of a context by path, such as `name` or `positive.offset`. */
export type PathTable = Readonly<Record<string, Accessor>>;

const tables: Readonly<Record<ContextName, PathTable>> = {
  resource: resourcePaths,
  scope: scopePaths,
  metric: metricPaths,
  datapoint: datapointPaths,
};
const prefixes: Readonly<Record<string, ContextName>> = {
  resource: 'resource',
  scope: 'scope',
  instrumentation_scope: 'scope',
  metric: 'metric',
  datapoint: 'datapoint',
};
/** The contexts that each context can look up to. */
const visible: Readonly<Record<ContextName, readonly ContextName[]>> = {
  resource: ['resource'],
  scope: ['resource', 'scope'],
  metric: ['resource', 'scope', 'metric'],
  datapoint: ['resource', 'scope', 'metric', 'datapoint'],
};
const cache: Accessor = {
  get: (context) => context.cache,
  set: (context, value) => {
    if (isMap(value)) context.cache = value;
  },
};

/** Finds what a path means in a context. Throws OttlParseError for a path that the context does not have. */
export function accessorOf(path: PathExpression, contextName: ContextName): Accessor {
  const [first, ...rest] = path.segments as [PathSegment, ...PathSegment[]];
  const prefix = rest.length > 0 && first.keys.length === 0 ? prefixes[first.name] : undefined;
  const owner = prefix && visible[contextName].includes(prefix) ? prefix : contextName;
  const segments = owner === prefix ? rest : path.segments;
  const name = segments.map((segment) => segment.name).join('.');
  const accessor = name === 'cache' ? cache : Object.hasOwn(tables[owner], name) ? tables[owner][name] : undefined;
  const inner = segments.slice(0, -1).find((segment) => segment.keys.length > 0);
  if (!accessor || inner) {
    throw new OttlParseError(
      `segment "${name}" is not a valid path of the context "${owner}"; it has: ${Object.keys(tables[owner]).sort().join(', ')}`,
    );
  }
  return withKeys(accessor, segments.at(-1)!.keys);
}

function withKeys(accessor: Accessor, keys: readonly (string | bigint)[]): Accessor {
  if (keys.length === 0) return accessor;
  const found: Accessor = { get: (context: OttlContext) => indexed(accessor.get(context), keys) };
  if (accessor.set) {
    found.set = (context, value) => accessor.set!(context, storable(replaced(accessor.get(context), keys, value)));
  }
  return found;
}

/** A copy of a map or list in which the value below `keys` is another; missing maps are made. */
function replaced(value: OttlValue, keys: readonly (string | bigint)[], replacement: OttlValue): OttlValue {
  const [key, ...deeper] = keys;
  if (key === undefined) return replacement;
  if (typeof key === 'bigint') {
    if (!isList(value) || key >= BigInt(value.values.length)) throw new OttlError(`index ${key} out of bounds`);
    const index = Number(key);
    return list(value.values.with(index, storable(replaced(value.values[index], deeper, replacement))));
  }
  if (value !== undefined && !isMap(value)) throw new OttlError(`cannot set the key ${JSON.stringify(key)}: not a map`);
  const entries = value?.entries ?? [];
  const index = entries.findLastIndex((entry) => entry.key === key);
  const entry: KeyValue = { key, value: storable(replaced(entries[index]?.value, deeper, replacement)) };
  return map(index < 0 ? [...entries, entry] : entries.with(index, entry));
}
