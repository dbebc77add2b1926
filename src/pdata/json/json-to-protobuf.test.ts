import { describe, expect, test } from 'vitest';
import { decodeRequest, type OtlpAnyValue, type OtlpDataPoint } from '../../../test/support/otlp.ts';
import { DecodeError } from '../protobuf/decode-error.ts';
import { decodeLogs } from '../protobuf/decode-logs.ts';
import { MetricsDecoder } from '../protobuf/decode-metrics.ts';
import { decodeTraces } from '../protobuf/decode-traces.ts';
import { logsJsonToProtobuf, metricsJsonToProtobuf, tracesJsonToProtobuf } from './json-to-protobuf.ts';

/*
 * The rules of docs/reference/collector-behaviour.md#otlp-json, row by row, each compared with the Collector. protobufjs decodes
 * the result.
 */

const text = (json: string) => Buffer.from(json);
const request = (json: string) => decodeRequest(metricsJsonToProtobuf(text(json)));
const inScope = (json: string) => `{"resourceMetrics":[{"scopeMetrics":[{${json}}]}]}`;
const inMetric = (json: string) => inScope(`"metrics":[{${json}}]`);
const inPoint = (json: string) => inMetric(`"gauge":{"dataPoints":[{${json}}]}`);

const metric = (json: string) => request(inMetric(json)).resourceMetrics![0]!.scopeMetrics![0]!.metrics![0]!;
const point = (json: string): OtlpDataPoint => metric(`"gauge":{"dataPoints":[{${json}}]}`).gauge!.dataPoints![0]!;
const value = (json: string): OtlpAnyValue | undefined =>
  point(`"attributes":[{"key":"k","value":${json}}]`).attributes![0]!.value;

const refused = (json: string) => {
  try {
    metricsJsonToProtobuf(text(json));
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return (error as DecodeError).message;
  }
  throw new Error(`not refused: ${json}`);
};

describe('fields', () => {
  test('have names in camelCase or snake_case, in exact case', () => {
    expect(point('"timeUnixNano":5,"start_time_unix_nano":6')).toMatchObject({
      timeUnixNano: '5',
      startTimeUnixNano: '6',
    });
    expect(point('"TimeUnixNano":5,"timeunixnano":6,"asint":7')).toEqual({});
    expect(request('{"resource_metrics":[{"scope_metrics":[{"schema_url":"u"}]}]}').resourceMetrics).toEqual([
      { scopeMetrics: [{ schemaUrl: 'u' }] },
    ]);
  });

  test('unknown fields are skipped, whatever their value', () => {
    for (const unknown of [
      '1',
      '-1.5e3',
      '1e-999',
      '9'.repeat(400),
      '"}"',
      'null',
      '[]',
      '[[{}],"]"]',
      '{"":1,"a":{"b":[1]}}',
    ]) {
      expect(point(`"unknown":${unknown},"asInt":7`), unknown).toEqual({ asInt: '7' });
    }
    for (const unknown of [
      'tru',
      '01',
      '1.',
      '.5',
      '--1',
      '[1,]',
      '[1 2]',
      '{"a":1,}',
      '{"a" 1}',
      '"\\q"',
      '"a\tb"',
      '1e999',
      '',
    ]) {
      expect(refused(inPoint(`"unknown":${unknown}`)), unknown).toMatch(/error found at byte \d+$/);
    }
  });

  test('the deprecated list of scopes is one of those, unlike in protobuf', () => {
    expect(request('{"resourceMetrics":[{"deprecatedScopeMetrics":[{"schemaUrl":"u"}]}]}').resourceMetrics).toEqual([
      {},
    ]);
  });

  test('doubled: of scalars the last wins, lists are appended, messages merged, of a one-of the last wins', () => {
    const data = (json: string) =>
      new MetricsDecoder().decode(metricsJsonToProtobuf(text(json))).resourceMetrics[0]!.scopeMetrics[0]!;
    expect(metric('"name":"a","name":"b"').name).toBe('b');
    expect(point('"attributes":[{"key":"a"}],"attributes":[{"key":"b"}]').attributes).toEqual([
      { key: 'a' },
      { key: 'b' },
    ]);
    expect(data(inScope('"scope":{"name":"s"},"scope":{"version":"1"}')).scope).toMatchObject({
      name: 's',
      version: '1',
    });
    expect(data(inMetric('"sum":{"isMonotonic":true},"gauge":{"dataPoints":[{}]}')).metrics[0]!.type).toBe('Gauge');
    expect(data(inMetric('"sum":{"isMonotonic":true},"sum":{"dataPoints":[{}]}')).metrics[0]!).toMatchObject({
      isMonotonic: false,
      dataPoints: [{}],
    });
    expect(data(inPoint('"asDouble":1,"asInt":2')).metrics[0]!.dataPoints).toMatchObject([{ value: 2n }]);
  });

  test('an empty key ends its object early, and the rest is then out of place', () => {
    expect(refused(inPoint('"":1,"asInt":2'))).toMatch('expect');
    expect(metricsJsonToProtobuf(text('{"":1,"a')).length).toBe(0);
  });
});

describe('numbers', () => {
  test('64-bit and 32-bit integers are numbers or decimal texts, exactly', () => {
    const f = (json: string, asInt: string) => expect(point(`"asInt":${json}`), json).toEqual({ asInt });
    f('5', '5');
    f('"5"', '5');
    f('"+5"', '5');
    f('"-0005"', '-5');
    f('-0', '0');
    f('9223372036854775807', '9223372036854775807');
    f('"-9223372036854775808"', '-9223372036854775808');
    expect(point('"timeUnixNano":"18446744073709551615","flags":4294967295')).toEqual({
      timeUnixNano: '18446744073709551615',
      flags: 4294967295,
    });
  });

  test('and nothing else', () => {
    const f = (field: string, message: string) => expect(refused(inPoint(field)), field).toMatch(message);
    for (const json of ['1.0', '1.5']) f(`"asInt":${json}`, 'assertInteger: can not decode float as int');
    for (const json of ['null', 'true', '{}', '[]']) f(`"asInt":${json}`, 'ReadInt: unsupported value type');
    for (const json of ['""', '"x"', '"1.0"', '" 1"', '"0x10"', '"1_0"', '"--5"', '-'])
      f(`"asInt":${json}`, 'ReadInt: invalid syntax');
    for (const json of ['9223372036854775808', '"-9223372036854775809"', '1'.repeat(100_000)]) {
      f(`"asInt":${json}`, 'ReadInt: value out of range');
    }
    f('"flags":4294967296', 'ReadInt: value out of range');
    f('"timeUnixNano":18446744073709551616', 'ReadInt: value out of range');
    // The number ends before the e, and after a zero: then the object should go on.
    for (const json of ['1e3', '01', '5 5']) f(`"asInt":${json}`, 'expect { or , or } or n');
  });

  test('unsigned ones have no sign, where the collector answers 500', () => {
    for (const json of ['-1', '"-1"', '-0', '"-0"', '"+1"']) {
      expect(refused(inPoint(`"flags":${json}`)), json).toMatch('ReadInt: invalid syntax');
      expect(refused(inPoint(`"timeUnixNano":${json}`)), json).toMatch('ReadInt: invalid syntax');
    }
  });

  test('doubles are numbers, or texts as Go reads them', () => {
    const f = (json: string, asDouble: number) => expect(point(`"asDouble":${json}`), json).toEqual({ asDouble });
    f('1', 1);
    f('-0', -0);
    f('-1.5E+3', -1500);
    f('1e-999', 0);
    f('"NaN"', Number.NaN);
    f('"-infinity"', Number.NEGATIVE_INFINITY);
    f('"Inf"', Number.POSITIVE_INFINITY);
    f('"0x1p-2"', 0.25);
    f('"1_000"', 1000);
    for (const json of ['null', 'true', 'NaN', 'Infinity', '.5', '+1']) {
      expect(refused(inPoint(`"asDouble":${json}`)), json).toMatch('ReadFloat64: unsupported value type');
    }
    for (const json of [
      '1e999',
      '-1e999',
      '"1e999"',
      '" 1"',
      '""',
      '"x"',
      '1.',
      '1.e5',
      '01',
      '1e',
      '--1',
      '-.5',
      '1.5.5',
    ]) {
      expect(refused(inPoint(`"asDouble":${json}`)), json).toMatch('ReadFloat64: ');
    }
  });

  test('enumerations are any number or the exact constant', () => {
    const temporality = (json: string) =>
      metric(`"sum":{"aggregationTemporality":${json}}`).sum!.aggregationTemporality;
    expect(temporality('1')).toBe(1);
    expect(temporality('-7')).toBe(-7);
    expect(temporality('"AGGREGATION_TEMPORALITY_CUMULATIVE"')).toBe(2);
    for (const json of ['"aggregation_temporality_delta"', '"2"', '""']) {
      expect(refused(inMetric(`"sum":{"aggregationTemporality":${json}}`)), json).toMatch(
        'ReadEnumValue: unknown string value',
      );
    }
    for (const json of ['null', 'true', '2147483648']) expect(() => temporality(json), json).toThrow(DecodeError);
  });

  test('booleans are true and false', () => {
    const isMonotonic = (json: string) => metric(`"sum":{"isMonotonic":${json}}`).sum!.isMonotonic ?? false;
    expect([isMonotonic('true'), isMonotonic('false')]).toEqual([true, false]);
    for (const json of ['"true"', '1', 'null', 'True', 'tru', 'truE'])
      expect(() => isMonotonic(json), json).toThrow(DecodeError);
  });
});

describe('texts, lists and messages', () => {
  test('null is an empty text, list or message', () => {
    expect(metric('"name":null')).toEqual({});
    expect(request('{"resourceMetrics":null}').resourceMetrics ?? []).toEqual([]);
    expect(request('{"resourceMetrics":[null,{"resource":null}]}').resourceMetrics).toEqual([{}, { resource: {} }]);
    expect(request('null')).toEqual({});
    expect(metric('"gauge":null').gauge).toEqual({});
    expect(
      metric('"histogram":{"dataPoints":[{"bucketCounts":null,"explicitBounds":[]}]}').histogram!.dataPoints,
    ).toEqual([{}]);
  });

  test('other kinds are refused', () => {
    for (const json of ['1', 'true', '{}', '[]', "'a'", 'a']) {
      expect(refused(inMetric(`"name":${json}`)), json).toMatch('ReadString: expects " or n');
    }
    for (const json of ['1', '"x"', '{}', 'true']) {
      expect(refused(`{"resourceMetrics":${json}}`), json).toMatch('ReadArray: expect [ or , or ] or n');
    }
    for (const json of ['[]', '1', '"x"', '', '{"a"}', '{1:2}', '{"a":1 "b":2}', '{,}']) {
      expect(refused(`{"resourceMetrics":[{"resource":${json}}]}`), json).toMatch('error found at byte');
    }
  });

  test('texts are UTF-8 that is not checked, escapes are undone', () => {
    const name = (json: string) => metric(`"name":"${json}"`).name;
    expect(name('\\u00e9\\"\\\\\\/\\b\\f\\n\\r\\t')).toBe('é"\\/\b\f\n\r\t');
    expect(name('\\ud83d\\ude00')).toBe('😀');
    expect(name('\\ud83d')).toBe('\ufffd');
    const bytes = Buffer.concat([text('{"resourceMetrics":[{"schemaUrl":"'), Buffer.of(0xff), text('"}]}')]);
    expect(new MetricsDecoder().decode(metricsJsonToProtobuf(bytes)).resourceMetrics[0]!.schemaUrl).toBe('\udcff');
  });

  test('attribute values of every kind', () => {
    const f = (json: string, decoded: unknown) => expect(value(json), json).toEqual(decoded);
    f('{"stringValue":"s"}', { stringValue: 's' });
    f('{"stringValue":null}', { stringValue: '' });
    f('{"boolValue":false}', { boolValue: false });
    f('{"intValue":"-5"}', { intValue: '-5' });
    f('{"doubleValue":1}', { doubleValue: 1 });
    f('{"arrayValue":{"values":[{"intValue":1},null,{}]}}', { arrayValue: { values: [{ intValue: '1' }, {}, {}] } });
    f('{"kvlistValue":{"values":[{"key":"a","value":null}]}}', { kvlistValue: { values: [{ key: 'a', value: {} }] } });
    f('{"arrayValue":null}', { arrayValue: {} });
    f('{}', {});
    f('null', {});
    f('{"intValue":5,"stringValue":"a"}', { stringValue: 'a' });
  });

  test('bytes are base64 with padding', () => {
    const f = (json: string, hex: string) =>
      expect((value(`{"bytesValue":${json}}`)!.bytesValue as Buffer).toString('hex')).toBe(hex);
    f('"AQI="', '0102');
    f('"+/8="', 'fbff');
    f('""', '');
    f(`"${'AAAA'.repeat(4_000_000)}"`, '00'.repeat(12_000_000));
    for (const json of ['"AQI"', '"A"', '"AQ==AQ=="', '"A Q="', '"_-8="', '"=AQI"', '"\\u0041Q=="']) {
      expect(refused(inPoint(`"attributes":[{"value":{"bytesValue":${json}}}]`)), json).toMatch(
        'base64.Decode: illegal base64 data',
      );
    }
    for (const json of ['null', '1']) {
      expect(refused(inPoint(`"attributes":[{"value":{"bytesValue":${json}}}]`)), json).toMatch(
        'ReadStringAsSlice: expects "',
      );
    }
  });

  test('ids are hexadecimal digits of the exact number, or empty', () => {
    const exemplar = (json: string) => point(`"exemplars":[{${json}}]`).exemplars![0]!;
    const hex = '0102030405060708090A0b0c0d0e0f10';
    expect(exemplar(`"traceId":"${hex}"`).traceId).toEqual(Buffer.from(hex, 'hex'));
    expect(exemplar('"spanId":"","span_id":"a1a2a3a4a5a6a7a8"').spanId).toEqual(Buffer.from('a1a2a3a4a5a6a7a8', 'hex'));
    for (const id of [hex.slice(2), `${hex}00`, '01']) {
      expect(refused(inPoint(`"exemplars":[{"traceId":"${id}"}]`)), id).toMatch(
        'ID.UnmarshalJSONIter: length mismatch',
      );
    }
    for (const id of [`zz${hex.slice(2)}`, `${hex}0`]) {
      expect(refused(inPoint(`"exemplars":[{"traceId":"${id}"}]`)), id).toMatch('ID.UnmarshalJSONIter: invalid hex');
    }
  });

  test('keys such as __proto__ are unknown fields, and ordinary attributes', () => {
    expect(point('"__proto__":{"asInt":1},"constructor":{"x":1},"toString":2')).toEqual({});
    const { attributes } = point('"attributes":[{"key":"__proto__","value":{"stringValue":"x"}}]');
    expect(attributes).toEqual([{ key: '__proto__', value: { stringValue: 'x' } }]);
    expect(({} as { asInt?: unknown }).asInt).toBeUndefined();
  });
});

describe('whole texts', () => {
  test('what follows the request is not looked at', () => {
    for (const json of ['{}x', '{} {}', ' {}\n', 'nullx', '}'])
      expect(metricsJsonToProtobuf(text(json)).length).toBe(0);
  });

  test('anything else is refused, and nothing of it is shown', () => {
    for (const json of [
      '',
      ' ',
      '[]',
      '1',
      '"secret"',
      '{',
      '{"secret"}',
      '{"secret":}',
      'nul',
      'secret',
      '\ufeff{}',
      '//\n{}',
      '\v{}',
    ]) {
      expect(refused(json), json).not.toMatch('secret');
    }
  });

  test('a text that is cut anywhere is refused', () => {
    const json = inPoint(
      '"asInt":"5","flags":1,"attributes":[{"key":"\\u00e9\\n","value":{"boolValue":true}}],"x":[null,false,1.5]',
    );
    for (let length = 0; length < json.length; length++)
      expect(refused(json.slice(0, length)), json.slice(0, length)).not.toBe('');
    expect(request(json).resourceMetrics).toHaveLength(1);
  });

  test('nesting is bounded: no text exhausts the stack', () => {
    const deep = (count: number) => `${'{"arrayValue":{"values":['.repeat(count)}{}${']}}'.repeat(count)}`;
    const attribute = (count: number) => inPoint(`"attributes":[{"value":${deep(count)}}]`);
    expect(() => new MetricsDecoder().decode(metricsJsonToProtobuf(text(attribute(100))))).not.toThrow();
    expect(() => new MetricsDecoder().decode(metricsJsonToProtobuf(text(attribute(101))))).toThrow(
      'nested more than 100 levels',
    );
    expect(refused(attribute(100_000))).toMatch('exceeded max depth');
    expect(refused(inPoint(`"unknown":${'['.repeat(1_000_000)}`))).toMatch('Skip: exceeded max depth');
  });

  test('traces and logs likewise', () => {
    const span =
      '"traceId":"0102030405060708090a0b0c0d0e0f10","kind":"SPAN_KIND_SERVER","flags":"256","status":{"code":"STATUS_CODE_ERROR"}';
    const traces = tracesJsonToProtobuf(
      text(`{"resourceSpans":[{"scopeSpans":[{"spans":[{${span},"links":[{"flags":1}]}]}]}]}`),
    );
    expect(decodeTraces(traces).resourceSpans[0]!.scopeSpans[0]!.spans[0]).toMatchObject({
      traceId: '0102030405060708090a0b0c0d0e0f10',
      kind: 2,
      flags: 256,
      status: { code: 2 },
      links: [{ flags: 1 }],
    });
    const record =
      '"severityNumber":"SEVERITY_NUMBER_INFO2","body":{"stringValue":"b"},"observedTimeUnixNano":"9","eventName":"e"';
    const logs = logsJsonToProtobuf(text(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{${record}}]}]}]}`));
    expect(decodeLogs(logs).resourceLogs[0]!.scopeLogs[0]!.logRecords[0]).toMatchObject({
      severityNumber: 10,
      body: 'b',
      observedTimeUnixNano: 9n,
      eventName: 'e',
    });
    expect(() => tracesJsonToProtobuf(text('{"resourceSpans":1}'))).toThrow(DecodeError);
    expect(() => logsJsonToProtobuf(text('{"resourceLogs":1}'))).toThrow(DecodeError);
  });
});
