import type { OttlContext } from '../context.ts';
import { doublePart, idParts, intPart, mapPart, type PathTable, timeParts } from './accessors.ts';

const change = (context: OttlContext, changes: Partial<OttlContext['exemplar']>) => {
  context.exemplar = { ...context.exemplar, ...changes };
};

const time = timeParts({
  read: ({ exemplar }) => exemplar.timeUnixNano,
  write: (context, timeUnixNano) => change(context, { timeUnixNano }),
});
const traceId = idParts('traceId', {
  read: ({ exemplar }) => exemplar.traceId,
  write: (context, id) => change(context, { traceId: id }),
});
const spanId = idParts('spanId', {
  read: ({ exemplar }) => exemplar.spanId,
  write: (context, id) => change(context, { spanId: id }),
});

/** Paths of the context `exemplar`. */
export const exemplarPaths: PathTable = {
  time_unix_nano: time.nanoseconds,
  time: time.time,
  double_value: doublePart({
    read: ({ exemplar: { value } }) => (typeof value === 'number' ? value : 0),
    write: (context, value) => change(context, { value }),
  }),
  int_value: intPart({
    read: ({ exemplar: { value } }) => (typeof value === 'bigint' ? value : 0n),
    write: (context, value) => change(context, { value }),
  }),
  trace_id: traceId.id,
  'trace_id.string': traceId.string,
  span_id: spanId.id,
  'span_id.string': spanId.string,
  filtered_attributes: mapPart({
    read: ({ exemplar }) => exemplar.filteredAttributes,
    write: (context, filteredAttributes) => change(context, { filteredAttributes }),
  }),
};
