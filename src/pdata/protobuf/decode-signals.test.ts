import { describe, expect, test } from 'vitest';
import { encodeLogs, encodeTraces } from '../../../test/support/otlp.ts';
import { field, keyValue, varintField } from '../../../test/support/wire.ts';
import { decodeLogs } from './decode-logs.ts';
import { decodeTraces } from './decode-traces.ts';

const traceId = Buffer.from('0102030405060708090a0b0c0d0e0f10', 'hex');
const spanId = Buffer.from('a1a2a3a4a5a6a7a8', 'hex');
const attributes = [{ key: 'k', value: { stringValue: 'v' } }];
const decodedAttributes = { entries: [{ key: 'k', value: 'v' }] };

describe('traces', () => {
  test('every field of a span, its events, links and status', () => {
    const span = {
      traceId,
      spanId,
      traceState: 'a=b',
      parentSpanId: spanId,
      flags: 257,
      name: 'task',
      kind: 3,
      startTimeUnixNano: 1n,
      endTimeUnixNano: 2n ** 64n - 1n,
      attributes,
      droppedAttributesCount: 1,
      events: [{ timeUnixNano: 5n, name: 'e', attributes, droppedAttributesCount: 6 }],
      droppedEventsCount: 2,
      links: [{ traceId, spanId, traceState: 'c=d', attributes, droppedAttributesCount: 7, flags: 8 }],
      droppedLinksCount: 3,
      status: { message: 'bad', code: 2 },
    };
    const resource = { attributes, droppedAttributesCount: 4 };
    const scope = { name: 's', version: '1', attributes, droppedAttributesCount: 5 };
    const body = encodeTraces({
      resourceSpans: [{ resource, schemaUrl: 'r', scopeSpans: [{ scope, schemaUrl: 'u', spans: [span, {}] }] }],
    });
    const { resourceSpans, spanCount } = decodeTraces(body);
    expect(spanCount).toBe(2);
    expect(resourceSpans[0]).toMatchObject({
      resource: { ...resource, attributes: decodedAttributes },
      schemaUrl: 'r',
    });
    const scopeSpans = resourceSpans[0]!.scopeSpans[0]!;
    expect(scopeSpans).toMatchObject({ scope: { ...scope, attributes: decodedAttributes }, schemaUrl: 'u' });
    const [ids, hexSpan] = [{ traceId: traceId.toString('hex') }, spanId.toString('hex')];
    expect(scopeSpans.spans[0]).toEqual({
      ...span,
      ...ids,
      spanId: hexSpan,
      parentSpanId: hexSpan,
      attributes: decodedAttributes,
      events: [{ ...span.events[0], attributes: decodedAttributes }],
      links: [{ ...span.links[0], ...ids, spanId: hexSpan, attributes: decodedAttributes }],
    });
    expect(scopeSpans.spans[1]).toMatchObject({ traceId: '', kind: 0, status: { message: '', code: 0 }, events: [] });
  });

  test('a status in two parts is merged', () => {
    const span = field(2, field(15, field(2, 'bad')), field(15, varintField(3, 2)));
    const { resourceSpans } = decodeTraces(field(1, field(2, span)));
    expect(resourceSpans[0]!.scopeSpans[0]!.spans[0]!.status).toEqual({ message: 'bad', code: 2 });
  });

  test('the deprecated field 1000 is used when there are no scope spans, and its spans count only then', () => {
    const scope = (name: string) => [field(1, field(1, name)), field(2), field(2)];
    const f = (body: Buffer, names: string[], count: number) => {
      const { resourceSpans, spanCount } = decodeTraces(body);
      expect(resourceSpans[0]!.scopeSpans.map(({ scope: { name } }) => name)).toEqual(names);
      expect(spanCount).toBe(count);
    };
    f(field(1, field(1000, ...scope('old'))), ['old'], 2);
    f(field(1, field(1000, ...scope('old')), field(2, ...scope('current'))), ['current'], 2);
  });

  test('errors name the fields like the Collector', () => {
    const f = (body: Buffer, message: string) => expect(() => decodeTraces(body)).toThrow(message);
    f(varintField(1, 1), 'proto: wrong wireType = 0 for field ResourceSpans');
    f(field(1, varintField(2, 1)), 'proto: wrong wireType = 0 for field ScopeSpans');
    f(field(1, field(2, varintField(2, 1))), 'proto: wrong wireType = 0 for field Spans');
    f(field(1, field(2, field(2, varintField(5, 1)))), 'proto: wrong wireType = 0 for field Name');
    f(field(1, field(2, field(2, field(1, 'short')))), 'unmarshal: invalid TraceID length');
    f(field(1, field(2, Buffer.from([0x12, 9]))), 'unexpected EOF');
  });
});

describe('logs', () => {
  test('every field of a record', () => {
    const record = {
      timeUnixNano: 1n,
      observedTimeUnixNano: 2n,
      severityNumber: 17,
      severityText: 'ERROR',
      body: { arrayValue: { values: [{ intValue: 5n }] } },
      attributes,
      droppedAttributesCount: 1,
      flags: 2 ** 32 - 1,
      traceId,
      spanId,
      eventName: 'started',
    };
    const body = encodeLogs({ resourceLogs: [{ scopeLogs: [{ logRecords: [record, {}] }] }] });
    const { resourceLogs, logRecordCount } = decodeLogs(body);
    expect(logRecordCount).toBe(2);
    expect(resourceLogs[0]!.scopeLogs[0]!.logRecords[0]).toEqual({
      ...record,
      body: { kind: 'array', values: [5n] },
      attributes: decodedAttributes,
      traceId: traceId.toString('hex'),
      spanId: spanId.toString('hex'),
    });
    expect(resourceLogs[0]!.scopeLogs[0]!.logRecords[1]).toMatchObject({ body: undefined, severityNumber: 0 });
  });

  test('a body in two parts is merged, a resource in two parts too', () => {
    const record = field(2, field(5, field(1, 'text')), field(5));
    const body = field(
      1,
      field(1, field(1, keyValue('a', '1'))),
      field(2, record),
      field(1, field(1, keyValue('b', '2'))),
    );
    const { resourceLogs } = decodeLogs(body);
    expect(resourceLogs[0]!.resource.attributes.entries.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(resourceLogs[0]!.scopeLogs[0]!.logRecords[0]!.body).toBe('text');
  });

  test('enumerations can have unknown numbers, including negative ones', () => {
    const record = (hex: string) => field(1, field(2, field(2, Buffer.from(hex, 'hex'))));
    const severity = (hex: string) =>
      decodeLogs(record(hex)).resourceLogs[0]!.scopeLogs[0]!.logRecords[0]!.severityNumber;
    expect(severity('10e707')).toBe(999);
    expect(severity('10ffffffffffffffffff01')).toBe(-1);
  });

  test('errors name the fields like the Collector', () => {
    const f = (body: Buffer, message: string) => expect(() => decodeLogs(body)).toThrow(message);
    f(varintField(1, 1), 'proto: wrong wireType = 0 for field ResourceLogs');
    f(field(1, varintField(2, 1)), 'proto: wrong wireType = 0 for field ScopeLogs');
    f(field(1, field(2, varintField(2, 1))), 'proto: wrong wireType = 0 for field LogRecords');
    f(field(1, field(2, field(2, varintField(8, 1)))), 'proto: wrong wireType = 0 for field Flags');
  });
});
