import type { Accessor, OttlContext } from '../context.ts';
import { resolvedName, valueBelow } from '../indexed.ts';
import { list, map, type OttlValue } from '../value.ts';
import { type PathTable, readOnly } from './accessors.ts';

function metadataMap({ client }: OttlContext): OttlValue {
  return map([...client.metadata].map(([key, values]) => ({ key, value: list(values) })));
}

function metadata(path: string): Accessor {
  return {
    ...readOnly(metadataMap, path),
    indexable: true,
    at: ([key, ...deeper]) =>
      readOnly((context) => {
        const values = context.client.metadata.get(resolvedName(key!, context).toLowerCase());
        return values && valueBelow(list(values), deeper, context);
      }, path),
  };
}

/** Paths of the context `otelcol`: the client that sent the request. None of them can be set. */
export const otelcolPaths: PathTable = {
  'client.addr': readOnly(({ client }) => client.address || undefined, 'otelcol.client.addr'),
  'client.metadata': metadata('otelcol.client.metadata'),
  'grpc.metadata': metadata('otelcol.grpc.metadata'),
};
