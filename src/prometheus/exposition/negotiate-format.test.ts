import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { negotiateFormat } from './negotiate-format.ts';

const contentType = (accept: string | undefined, offersOpenMetrics = true) =>
  negotiateFormat(accept, { offersOpenMetrics }).contentType;

const text = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';
const openMetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores';
const protobuf =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores';

test('returns text 0.0.4 if no format matches', () => {
  const f = (accept: string | undefined) => expect(contentType(accept)).toBe(text);
  f(undefined);
  f('');
  f('*/*');
  f('application/json');
  f('text/plain;version=1.0.0');
  f('application/vnd.google.protobuf');
});

test("the first clause with a supported format decides, in the Collector's order", () => {
  const f = (accept: string, want: string) => expect(contentType(accept)).toBe(want);
  const pb = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';
  f('text/plain;q=0.5, application/openmetrics-text;version=1.0.0;q=0.7', openMetrics);
  f(`text/plain;q=0.5, ${pb};q=0.8`, protobuf);
  f(`text/plain;q=0, ${pb};q=0`, text);
  f('text/plain;version=1.0.0;q=0.9, text/plain;version=0.0.4;q=0.1', text);
});

test('a specific type overtakes the wildcard although its quality is lower', () => {
  expect(contentType('*/*, application/openmetrics-text;version=1.0.0;q=0.1')).toBe(openMetrics);
});

test('OpenMetrics is only chosen where it is offered', () => {
  const accept = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5';
  expect(contentType(accept)).toBe(openMetrics);
  expect(contentType(accept, false)).toBe(text);
});

test('an escaping scheme applies even if its clause is not chosen', () => {
  expect(contentType('application/json;escaping=dots, text/plain;q=0.5')).toBe(text.replace('underscores', 'dots'));
});

test('the same format is the same object, so that what it rendered can be kept', () => {
  const options = { offersOpenMetrics: true };
  expect(negotiateFormat('text/plain', options)).toBe(negotiateFormat('*/*', options));
  expect(negotiateFormat('text/plain;escaping=dots', options)).not.toBe(negotiateFormat('*/*', options));
});

test("agrees with the collector's library on 300 awkward headers", () => {
  const path = new URL('testdata/accept-headers.jsonl', import.meta.url);
  for (const line of readFileSync(path, 'utf8').trim().split('\n')) {
    const [accept, without, including] = JSON.parse(line);
    expect([contentType(accept, false), contentType(accept)], line).toEqual([without, including]);
  }
});

test('a header of very many clauses is answered too', () => {
  expect(contentType(`${'*/*;q=0.1,'.repeat(50_000)}text/plain`)).toBe(text);
});
