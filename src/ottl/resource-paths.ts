import type { AnyValue, noAttributes } from '#pdata/attributes.ts';
import { OttlError } from './ottl-error.ts';
import type { PathTable } from './paths.ts';
import { isMap, map } from './value.ts';

/** Takes a value for a place that holds text. */
export function textOf(value: AnyValue): string {
  if (typeof value === 'string') return value;
  throw new OttlError('expected string but got another kind of value');
}

/** Takes a value for a place that holds attributes. */
export function attributesOf(value: AnyValue): typeof noAttributes {
  if (isMap(value)) return value;
  throw new OttlError('expected a map but got another kind of value');
}

/** Paths of the context `resource`. */
export const resourcePaths: PathTable = {
  attributes: {
    get: (context) => map(context.resource.attributes.entries),
    set: (context, value) => {
      context.resource = { ...context.resource, attributes: attributesOf(value) };
    },
  },
  dropped_attributes_count: {
    get: (context) => BigInt(context.resource.droppedAttributesCount),
    set: (context, value) => {
      if (typeof value !== 'bigint') throw new OttlError('expected int but got another kind of value');
      context.resource = { ...context.resource, droppedAttributesCount: Number(BigInt.asUintN(32, value)) };
    },
  },
  schema_url: {
    get: (context) => context.resourceSchemaUrl,
    set: (context, value) => {
      context.resourceSchemaUrl = textOf(value);
    },
  },
};

/** Paths of the context `scope`. */
export const scopePaths: PathTable = {
  name: {
    get: (context) => context.scope.name,
    set: (context, value) => {
      context.scope = { ...context.scope, name: textOf(value) };
    },
  },
  version: {
    get: (context) => context.scope.version,
    set: (context, value) => {
      context.scope = { ...context.scope, version: textOf(value) };
    },
  },
  schema_url: {
    get: (context) => context.scopeSchemaUrl,
    set: (context, value) => {
      context.scopeSchemaUrl = textOf(value);
    },
  },
  attributes: {
    get: (context) => map(context.scope.attributes.entries),
    set: (context, value) => {
      context.scope = { ...context.scope, attributes: attributesOf(value) };
    },
  },
  dropped_attributes_count: { get: (context) => BigInt(context.scope.droppedAttributesCount) },
};
