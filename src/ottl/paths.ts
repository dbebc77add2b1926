import type { CompileOptions } from './compile.ts';
import type { Accessor, ContextName, Key } from './context.ts';
import { valueBelow, withValueBelow } from './indexed.ts';
import { OttlError, OttlParseError } from './ottl-error.ts';
import type { PathTable } from './paths/accessors.ts';
import { datapointPaths } from './paths/datapoint-paths.ts';
import { exemplarPaths } from './paths/exemplar-paths.ts';
import { logPaths } from './paths/log-paths.ts';
import { metricPaths } from './paths/metric-paths.ts';
import { otelcolPaths } from './paths/otelcol-paths.ts';
import { resourcePaths, scopePaths } from './paths/resource-paths.ts';
import { spanEventPaths, spanPaths } from './paths/span-paths.ts';
import { goType, isMap, map, store } from './value.ts';

/** A name of a path with the keys that follow it. */
export interface Segment {
  readonly name: string;
  readonly keys: readonly Key[];
}

const tables: Readonly<Record<ContextName | 'otelcol', PathTable>> = {
  resource: resourcePaths,
  scope: scopePaths,
  metric: metricPaths,
  datapoint: datapointPaths,
  exemplar: exemplarPaths,
  span: spanPaths,
  spanevent: spanEventPaths,
  log: logPaths,
  otelcol: otelcolPaths,
};

/** The contexts whose paths each context can use, itself first. */
export const visibleContexts: Readonly<Record<ContextName, readonly (ContextName | 'otelcol')[]>> = {
  resource: ['resource', 'otelcol'],
  scope: ['scope', 'resource', 'otelcol'],
  metric: ['metric', 'scope', 'resource', 'otelcol'],
  datapoint: ['datapoint', 'metric', 'scope', 'resource', 'otelcol'],
  exemplar: ['exemplar', 'datapoint', 'metric', 'scope', 'resource', 'otelcol'],
  span: ['span', 'scope', 'resource', 'otelcol'],
  spanevent: ['spanevent', 'span', 'scope', 'resource', 'otelcol'],
  log: ['log', 'scope', 'resource', 'otelcol'],
};

/** Returns the names of all paths of a context, without `cache`. */
export function pathsOf(context: ContextName): string[] {
  return Object.keys(tables[context]).sort();
}

/** Returns the context to which a prefix of a path refers. */
export function contextOfPrefix(prefix: string): string {
  return prefix === 'instrumentation_scope' ? 'scope' : prefix;
}

/**
 * Returns the accessor of a path in a context.
 * @throws OttlParseError for a path that the context does not have
 */
export function accessorOf(segments: readonly Segment[], { context, needsPrefix = false }: CompileOptions): Accessor {
  const [first, ...rest] = segments as [Segment, ...Segment[]];
  const text = segments.map(({ name }) => name).join('.');
  const visible = visibleContexts[context];
  const prefix = contextOfPrefix(first.name) as ContextName | 'otelcol';
  // Same as in the Collector, the older name of a scope is not a prefix in the context of scopes themselves.
  const isOwnOlderName = context === 'scope' && first.name === 'instrumentation_scope';
  const hasPrefix = rest.length > 0 && first.keys.length === 0 && visible.includes(prefix) && !isOwnOlderName;
  if (!hasPrefix && needsPrefix) {
    const options = visible.map((name) => `"${name}.${text}"`).join(', ');
    throw new OttlParseError(`missing context name for path "${text}", possibly valid options are: ${options}`);
  }
  const owner = hasPrefix ? prefix : context;
  return accessorIn(owner, hasPrefix ? rest : segments, { context, text });
}

function accessorIn(
  owner: ContextName | 'otelcol',
  segments: readonly Segment[],
  { context, text }: { readonly context: ContextName; readonly text: string },
): Accessor {
  const name = segments.map((segment) => segment.name).join('.');
  const { keys } = segments.at(-1)!;
  const table = tables[owner];
  if (name === 'cache') {
    if (owner === context) return withKeys(cache, keys);
    throw new OttlParseError(`access to cache is not allowed in "${owner}" from the context "${context}"`);
  }
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!found) {
    const paths = Object.keys(table).sort().join(', ');
    throw new OttlParseError(
      `segment "${name}" from path "${text}" is not a valid path of the context "${owner}"; it has: ${paths}`,
    );
  }
  if (segments.slice(0, -1).some((segment) => segment.keys.length > 0) || (keys.length > 0 && !found.indexable)) {
    throw new OttlParseError(
      `the keys indexing "${name}" were not used by the context: this path does not support indexing`,
    );
  }
  return withKeys(found, keys);
}

function withKeys(accessor: Accessor, keys: readonly Key[]): Accessor {
  return keys.length === 0 ? accessor : accessor.at!(keys);
}

const cache: Accessor = {
  indexable: true,
  get: (context) => context.cache,
  set: (context, value) => {
    if (value !== undefined && !isMap(value)) throw new OttlError(`cannot set the cache to ${goType(value)}`);
    context.cache = value ?? map([]);
  },
  at: (keys) => ({
    get: (context) => valueBelow(context.cache, keys, context),
    set: (context, value) =>
      store(value, (replacement) => {
        const changed = withValueBelow(context.cache, keys, { context, replacement });
        if (isMap(changed)) context.cache = changed;
      }),
  }),
};
