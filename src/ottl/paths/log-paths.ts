import { valueText } from '#pdata/value-text.ts';
import type { OttlContext } from '../context.ts';
import {
  idParts,
  int32Part,
  mapPart,
  type PathTable,
  textPart,
  timeParts,
  uint32Part,
  valuePart,
} from './accessors.ts';

const change = (context: OttlContext, changes: Partial<OttlContext['log']>) => {
  context.log = { ...context.log, ...changes };
};

const time = (key: 'timeUnixNano' | 'observedTimeUnixNano') =>
  timeParts({ read: ({ log }) => log[key], write: (context, value) => change(context, { [key]: value }) });
const eventTime = time('timeUnixNano');
const observedTime = time('observedTimeUnixNano');
const traceId = idParts('traceId', {
  read: ({ log }) => log.traceId,
  write: (context, hex) => change(context, { traceId: hex }),
});
const spanId = idParts('spanId', {
  read: ({ log }) => log.spanId,
  write: (context, hex) => change(context, { spanId: hex }),
});

/** Paths of the context `log`. */
export const logPaths: PathTable = {
  time_unix_nano: eventTime.nanoseconds,
  time: eventTime.time,
  observed_time_unix_nano: observedTime.nanoseconds,
  observed_time: observedTime.time,
  severity_number: int32Part({
    read: ({ log }) => log.severityNumber,
    write: (context, severityNumber) => change(context, { severityNumber }),
  }),
  severity_text: textPart({
    read: ({ log }) => log.severityText,
    write: (context, severityText) => change(context, { severityText }),
  }),
  body: valuePart({ read: ({ log }) => log.body, write: (context, body) => change(context, { body }) }),
  'body.string': textPart({
    read: ({ log }) => valueText(log.body),
    write: (context, body) => change(context, { body }),
  }),
  attributes: mapPart({
    read: ({ log }) => log.attributes,
    write: (context, attributes) => change(context, { attributes }),
  }),
  dropped_attributes_count: uint32Part({
    read: ({ log }) => log.droppedAttributesCount,
    write: (context, droppedAttributesCount) => change(context, { droppedAttributesCount }),
  }),
  flags: uint32Part({ read: ({ log }) => log.flags, write: (context, flags) => change(context, { flags }) }),
  trace_id: traceId.id,
  'trace_id.string': traceId.string,
  span_id: spanId.id,
  'span_id.string': spanId.string,
  event_name: textPart({
    read: ({ log }) => log.eventName,
    write: (context, eventName) => change(context, { eventName }),
  }),
};
