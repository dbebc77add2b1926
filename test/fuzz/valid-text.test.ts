import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { metricsJsonToProtobuf } from '#pdata/json/json-to-protobuf.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { openMetricsFormat } from '#prometheus/exposition/openmetrics-format.ts';
import { protobufFormat } from '#prometheus/exposition/protobuf-format.ts';
import { protobufTextFormat } from '#prometheus/exposition/protobuf-text-format.ts';
import { textFormat } from '#prometheus/exposition/text-format.ts';
import type { MetricFamily } from '#prometheus/metric-family.ts';
import { LabelNamer } from '#prometheus/naming/label-namer.ts';
import { MetricNamer } from '#prometheus/naming/metric-namer.ts';
import { accumulatedOutput } from '../support/accumulated-output.ts';
import { decodeFamilies } from '../support/decode-families.ts';
import { parseExposition } from '../support/parse-exposition.ts';
import { renderExposition } from '../support/render-exposition.ts';
import { StoreOutput } from '../support/store-output.ts';
import { doubleField, field, fixed64Field, varintField } from '../support/wire.ts';

/*
 * Whatever bytes the texts of a request have, every text of a scrape response is valid UTF-8: Prometheus rejects a whole response for one
 * invalid byte.
 */

/** Valid text, invalid bytes, cut sequences, encoded surrogates, and overlong forms. */
const piece = fc.constantFrom(
  ...['a', 'b.c', '_', '1', '\n', '"', '\\', '\0', '\r', 'é', '温', '😀', '\ufeff'].map((text) => Buffer.from(text)),
  ...['ff', 'c3', 'e6b8', 'f09f98', 'eda080', 'edb080', 'c080', 'f8888080', '80', 'fe'].map((hex) =>
    Buffer.from(hex, 'hex'),
  ),
);
const text = fc.array(piece, { maxLength: 4 }).map((pieces) => Buffer.concat(pieces));
const attribute = fc.tuple(text, text).map(([key, value]) => Buffer.concat([field(1, key), field(2, field(1, value))]));
const attributes = (number: number) =>
  fc.array(attribute, { maxLength: 3 }).map((all) => Buffer.concat(all.map((each) => field(number, each))));
const exemplar = fc
  .record({ filtered: attributes(7), traceId: fc.constant(Buffer.alloc(16, 0xff)) })
  .map(({ filtered, traceId }) => field(5, filtered, fixed64Field(2, 1n), doubleField(3, 1), field(5, traceId)));
const times = Buffer.concat([fixed64Field(2, 1n), fixed64Field(3, 2n)]);

const metric = fc
  .record({
    name: text,
    description: text,
    unit: text,
    key: attributes(7),
    ofHistogram: attributes(9),
    exemplar,
    type: fc.constantFrom('gauge', 'sum', 'histogram', 'summary'),
  })
  .map(({ name, description, unit, key, ofHistogram, exemplar: one, type }) => {
    const number = field(1, times, doubleField(4, 1), key, one);
    const data = {
      gauge: field(5, number),
      sum: field(7, number, varintField(2, 2), varintField(3, 1)),
      histogram: field(9, field(1, times, fixed64Field(4, 0n), ofHistogram), varintField(2, 2)),
      summary: field(11, field(1, times, key)),
    };
    return field(2, field(1, name), field(2, description), field(3, unit), data[type as 'gauge']);
  });

const request = fc
  .record({
    resource: attributes(1),
    job: text,
    instance: text,
    scope: text,
    version: text,
    of: attributes(3),
    url: text,
    metrics: fc.array(metric, { minLength: 1, maxLength: 3 }),
  })
  .map(({ resource, job, instance, scope, version, of, url, metrics }) => {
    const service = (
      [
        ['service.name', job],
        ['service.instance.id', instance],
      ] as const
    ).map(([key, value]) => field(1, field(1, key), field(2, field(1, value))));
    return field(
      1,
      field(1, resource, ...service),
      field(2, field(1, field(1, scope), field(2, version), of), ...metrics, field(3, url)),
    );
  });

function expectValid(families: readonly MetricFamily[]): void {
  for (const scheme of ['allow-utf-8', 'underscores', 'values'] as const) {
    const text004 = renderExposition(textFormat(scheme), families);
    expect(isUtf8(Buffer.from(text004, 'latin1'))).toBe(true);
    expect(() => parseExposition(text004, 'text')).not.toThrow();
    const openMetrics = renderExposition(openMetricsFormat('1.0.0', scheme), families);
    expect(isUtf8(Buffer.from(openMetrics, 'latin1'))).toBe(true);
    expect(isUtf8(Buffer.from(renderExposition(protobufTextFormat('text', scheme), families), 'latin1'))).toBe(true);
    const decoded = decodeFamilies(Buffer.from(renderExposition(protobufFormat(scheme), families), 'latin1'));
    for (const family of decoded) {
      const texts = [
        family.name,
        family.help,
        ...family.series.flatMap(({ labels }) => [...labels.names, ...labels.values]),
      ];
      expect(texts.filter((each) => !isUtf8(Buffer.from(each, 'latin1')))).toEqual([]);
    }
  }
}

function output(): StoreOutput {
  const labelNamer = new LabelNamer('NoTranslation');
  return new StoreOutput({
    labels: {
      constLabels: new Map([['c\ud800', 'v\udfff']]),
      hasScopeLabels: true,
      labelName: (key) => labelNamer.name(key),
    },
    namer: new MetricNamer('NoTranslation', ''),
  });
}

const familiesOf = (page: StoreOutput) => [...page.store.collect(page.settings.clock.monotonic())];

test('the last values of any texts', () => {
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 2 }), (bodies) => {
      const decoder = new MetricsDecoder();
      for (const page of [output(), new StoreOutput()])
        expectValid(familiesOf(page.append(...bodies.map((each) => decoder.decode(each)))));
    }),
    { numRuns: 300 },
  );
});

test('the totals of any texts', async () => {
  await fc.assert(
    fc.asyncProperty(request, async (body) => {
      const page = await accumulatedOutput();
      expectValid(familiesOf(page.append(new MetricsDecoder().decode(body))));
    }),
    { numRuns: 200 },
  );
});

test('a series remains although its description is invalid', () => {
  const body = (help: string) =>
    field(
      1,
      field(
        2,
        field(2, field(1, 'm'), field(2, Buffer.from(help, 'hex')), field(5, field(1, times, doubleField(4, 1)))),
      ),
    );
  const decoder = new MetricsDecoder();
  const page = new StoreOutput().append(decoder.decode(body('6869ff21')));
  expect(page.text()).toBe(Buffer.from('# HELP m hi\ufffd!\n# TYPE m gauge\nm 1\n').toString('latin1'));
});

const escapes = fc
  .array(
    fc.constantFrom('\\ud800', '\\udfff', '\\ud83d\\ude00', '\\ud800\\n', '\\udc80', 'a', '\\u0000', '\\ud800\\ud800'),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(''));

test('lone surrogates in JSON', () => {
  fc.assert(
    fc.property(escapes, escapes, escapes, escapes, (name, description, key, value) => {
      const pair = `{"key":"${key}","value":{"stringValue":"${value}"}}`;
      const point = `{"timeUnixNano":"2","asInt":"1","attributes":[${pair}]}`;
      const json = `{"resourceMetrics":[{"resource":{"attributes":[${pair}]},"scopeMetrics":[{"scope":{"name":"${value}"},"metrics":[{"name":"m${name}","description":"${description}","unit":"${value}","gauge":{"dataPoints":[${point}]}}]}]}]}`;
      const page = output().append(new MetricsDecoder().decode(metricsJsonToProtobuf(Buffer.from(json))));
      const families = familiesOf(page);
      expect(families).toHaveLength(1);
      expectValid(families);
    }),
    { numRuns: 300 },
  );
});

test('the text format has no times before 1970', () => {
  const body = field(
    1,
    field(2, field(2, field(1, 'm'), field(5, field(1, fixed64Field(3, 2n ** 63n), doubleField(4, 1))))),
  );
  const page = new StoreOutput({ sendsTimestamps: true }).append(new MetricsDecoder().decode(body));
  expect(page.samples()).toEqual(['m 1']);
});
