import type { SpanStatus } from '#pdata/traces.ts';
import type { OttlContext } from '../context.ts';
import { resolvedName } from '../indexed.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { isItems } from '../value.ts';
import {
  expectType,
  idParts,
  int32Part,
  itemsPart,
  mapPart,
  type PathTable,
  textPart,
  timeParts,
  uint32Part,
} from './accessors.ts';
import { parseTraceState, traceStateText, withMember } from './trace-state.ts';

const change = (context: OttlContext, changes: Partial<OttlContext['span']>) => {
  context.span = { ...context.span, ...changes };
};

const id = (kind: 'traceId' | 'spanId', key: 'traceId' | 'spanId' | 'parentSpanId') =>
  idParts(kind, { read: ({ span }) => span[key], write: (context, hex) => change(context, { [key]: hex }) });
const traceId = id('traceId', 'traceId');
const spanId = id('spanId', 'spanId');
const parentSpanId = id('spanId', 'parentSpanId');

const time = (key: 'startTimeUnixNano' | 'endTimeUnixNano') =>
  timeParts({ read: ({ span }) => span[key], write: (context, value) => change(context, { [key]: value }) });
const startTime = time('startTimeUnixNano');
const endTime = time('endTimeUnixNano');

const dropped = (key: 'droppedAttributesCount' | 'droppedEventsCount' | 'droppedLinksCount' | 'flags') =>
  uint32Part({ read: ({ span }) => span[key], write: (context, value) => change(context, { [key]: value }) });

/** The span kind as a text. Numbers that OTLP does not define have no text. */
function kindText(names: readonly string[], unknown: string, what: string) {
  return textPart({
    read: ({ span }) => names[span.kind] ?? unknown,
    write: (context, name) => {
      const kind = names.indexOf(name);
      if (kind < 0) throw new OttlError(`unknown span kind ${what}, ${name}`);
      change(context, { kind });
    },
  });
}

const kinds = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];
const statusType = 'ptrace.Status';

/** Paths of the context `span`. */
export const spanPaths: PathTable = {
  trace_id: traceId.id,
  'trace_id.string': traceId.string,
  span_id: spanId.id,
  'span_id.string': spanId.string,
  parent_span_id: parentSpanId.id,
  'parent_span_id.string': parentSpanId.string,
  trace_state: {
    indexable: true,
    ...textPart({
      read: ({ span }) => span.traceState,
      write: (context, traceState) => change(context, { traceState }),
    }),
    at: ([key, ...more]) => {
      if (key === undefined || more.length > 0) {
        throw new OttlParseError('must provide exactly 1 key when accessing trace_state');
      }
      return {
        get: (context) => parseTraceState(context.span.traceState)?.get(resolvedName(key, context)) ?? '',
        set: (context, value) => {
          const text = expectType(value, 'string', typeof value === 'string' ? value : undefined);
          const members = parseTraceState(context.span.traceState);
          const changed = members && withMember(members, resolvedName(key, context), text);
          if (changed) change(context, { traceState: traceStateText(changed) });
        },
      };
    },
  },
  name: textPart({ read: ({ span }) => span.name, write: (context, name) => change(context, { name }) }),
  kind: int32Part({ read: ({ span }) => span.kind, write: (context, kind) => change(context, { kind }) }),
  'kind.string': kindText(kinds, '', 'string'),
  'kind.deprecated_string': kindText(
    kinds.map((name) => `SPAN_KIND_${name.toUpperCase()}`),
    '',
    'deprecated string',
  ),
  start_time_unix_nano: startTime.nanoseconds,
  start_time: startTime.time,
  end_time_unix_nano: endTime.nanoseconds,
  end_time: endTime.time,
  attributes: mapPart({
    read: ({ span }) => span.attributes,
    write: (context, attributes) => change(context, { attributes }),
  }),
  dropped_attributes_count: dropped('droppedAttributesCount'),
  events: itemsPart('ptrace.SpanEventSlice', {
    read: ({ span }) => span.events,
    write: (context, events) => change(context, { events }),
  }),
  dropped_events_count: dropped('droppedEventsCount'),
  links: itemsPart('ptrace.SpanLinkSlice', {
    read: ({ span }) => span.links,
    write: (context, links) => change(context, { links }),
  }),
  dropped_links_count: dropped('droppedLinksCount'),
  status: {
    get: ({ span }) => ({ kind: 'items', type: statusType, items: [span.status] }),
    set: (context, value) => {
      const found = isItems(value) && value.type === statusType ? (value.items[0] as SpanStatus) : undefined;
      change(context, { status: expectType(value, statusType, found) });
    },
  },
  'status.code': int32Part({
    read: ({ span }) => span.status.code,
    write: (context, code) => change(context, { status: { ...context.span.status, code } }),
  }),
  'status.message': textPart({
    read: ({ span }) => span.status.message,
    write: (context, message) => change(context, { status: { ...context.span.status, message } }),
  }),
  flags: dropped('flags'),
};

const changeEvent = (context: OttlContext, changes: Partial<OttlContext['event']>) => {
  context.event = { ...context.event, ...changes };
};
const eventTime = timeParts({
  read: ({ event }) => event.timeUnixNano,
  write: (context, timeUnixNano) => changeEvent(context, { timeUnixNano }),
});

/** Paths of the context `spanevent`. */
export const spanEventPaths: PathTable = {
  time_unix_nano: eventTime.nanoseconds,
  time: eventTime.time,
  name: textPart({ read: ({ event }) => event.name, write: (context, name) => changeEvent(context, { name }) }),
  attributes: mapPart({
    read: ({ event }) => event.attributes,
    write: (context, attributes) => changeEvent(context, { attributes }),
  }),
  dropped_attributes_count: uint32Part({
    read: ({ event }) => event.droppedAttributesCount,
    write: (context, droppedAttributesCount) => changeEvent(context, { droppedAttributesCount }),
  }),
  // The Collector has this path, but never sets the number.
  event_index: {
    get: () => {
      throw new OttlError("no 'event_index' property has been set");
    },
    set: () => {
      throw new OttlError('the "event_index" path cannot be modified');
    },
  },
};
