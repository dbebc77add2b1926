import type { OttlContext } from '../context.ts';
import { mapPart, type PathTable, textPart, uint32Part } from './accessors.ts';

/** Paths of the context `resource`. */
export const resourcePaths: PathTable = {
  attributes: mapPart({
    read: ({ resource }) => resource.attributes,
    write: (context, attributes) => {
      context.resource = { ...context.resource, attributes };
    },
  }),
  dropped_attributes_count: uint32Part({
    read: ({ resource }) => resource.droppedAttributesCount,
    write: (context, droppedAttributesCount) => {
      context.resource = { ...context.resource, droppedAttributesCount };
    },
  }),
  schema_url: textPart({
    read: ({ resourceSchemaUrl }) => resourceSchemaUrl,
    write: (context, url) => {
      context.resourceSchemaUrl = url;
    },
  }),
};

const changeScope = (context: OttlContext, changes: Partial<OttlContext['scope']>) => {
  context.scope = { ...context.scope, ...changes };
};

/** Paths of the context `scope`. */
export const scopePaths: PathTable = {
  name: textPart({ read: ({ scope }) => scope.name, write: (context, name) => changeScope(context, { name }) }),
  version: textPart({
    read: ({ scope }) => scope.version,
    write: (context, version) => changeScope(context, { version }),
  }),
  attributes: mapPart({
    read: ({ scope }) => scope.attributes,
    write: (context, attributes) => changeScope(context, { attributes }),
  }),
  dropped_attributes_count: uint32Part({
    read: ({ scope }) => scope.droppedAttributesCount,
    write: (context, droppedAttributesCount) => changeScope(context, { droppedAttributesCount }),
  }),
  schema_url: textPart({
    read: ({ scopeSchemaUrl }) => scopeSchemaUrl,
    write: (context, url) => {
      context.scopeSchemaUrl = url;
    },
  }),
};
