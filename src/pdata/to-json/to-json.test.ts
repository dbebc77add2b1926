import { expect, test } from 'vitest';
import { drained } from '#flow/slices.ts';
import { logsJsonToProtobuf, metricsJsonToProtobuf, tracesJsonToProtobuf } from '../json/json-to-protobuf.ts';
import { decodeLogs } from '../protobuf/decode-logs.ts';
import { MetricsDecoder } from '../protobuf/decode-metrics.ts';
import { decodeTraces } from '../protobuf/decode-traces.ts';
import { logsToJson } from './logs-to-json.ts';
import { metricsToJson } from './metrics-to-json.ts';
import answers from './testdata/collector-answers.json' with { type: 'json' };
import { tracesToJson } from './traces-to-json.ts';

const writers: Readonly<Record<string, (json: Buffer) => string>> = {
  metrics: (json) => drained(metricsToJson(new MetricsDecoder().decode(metricsJsonToProtobuf(json)))),
  traces: (json) => drained(tracesToJson(decodeTraces(tracesJsonToProtobuf(json)))),
  logs: (json) => drained(logsToJson(decodeLogs(logsJsonToProtobuf(json)))),
};

test.each(answers)('$signal: the same fields in the same order as the Collector', ({ signal, request, collector }) => {
  const written = writers[signal]!(Buffer.from(JSON.stringify(request)));
  // Go writes exponents with two digits.
  expect(written).toBe(collector.replaceAll('1e-07', '1e-7'));
});

test('an empty request', () => {
  expect(drained(metricsToJson({ resourceMetrics: [], dataPointCount: 0 }))).toBe('{"resourceMetrics":[]}');
});
