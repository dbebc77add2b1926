import { fixed64Field, varintField } from '../support/wire.ts';
import {
  attribute,
  count,
  exponential,
  field,
  inScope,
  json,
  type Kind,
  keyValue,
  many,
  metric,
  metrics,
  now,
  point,
  request,
  room,
  sum,
  summary,
  text,
  times,
  value,
} from './kinds.ts';

/* Kinds that a second person invented without having seen what pitot does with the first ones. */

const traces = (title: string, span: () => Buffer): Kind => ({
  name: title,
  signal: 'traces',
  format: 'protobuf',
  body: () => inScope(field(2, span())),
});
const logs = (title: string, record: () => Buffer): Kind => ({
  name: title,
  signal: 'logs',
  format: 'protobuf',
  body: () => inScope(field(2, record())),
});

/** A list or map in another, `depth` times. */
const deep = (depth: number, inner: Buffer): Buffer =>
  depth === 0 ? inner : field(5, field(1, deep(depth - 1, inner)));

export const moreKinds: readonly Kind[] = [
  traces('links of one span', () =>
    many((i) => field(13, field(1, Buffer.alloc(16, i)), field(2, Buffer.alloc(8, 1)))),
  ),
  traces('one span name', () => field(5, text(room, 'span.'))),
  traces('one trace state', () => field(3, text(room, 'a=b,'))),
  traces('one status message', () => field(15, field(2, text(room, 'failed\n')))),
  traces('attributes of one event', () =>
    field(
      11,
      field(2, 'e'),
      many((i) => attribute(3, `k${i}`, 'v'), room - 50),
    ),
  ),
  traces('attributes of one link', () =>
    field(
      13,
      many((i) => attribute(4, `k${i}`, 'v'), room - 50),
    ),
  ),
  logs('one severity text', () => field(3, text(room, 'WARN'))),
  logs('one event name', () => field(12, text(room, 'event.'))),
  logs('a body of empty values', () => field(5, field(5, Buffer.alloc(room & ~1, Buffer.from([0x0a, 0]))))),
  logs('a body of keys', () =>
    field(
      5,
      field(
        6,
        many((i) => field(1, keyValue(`k${i}`, 'v')), room - 50),
      ),
    ),
  ),
  logs('a text in a hundred lists', () => field(5, deep(98, field(1, text(60_000, '"\\'))))),
  {
    name: 'resources with a log record each',
    signal: 'logs',
    format: 'protobuf',
    body: () =>
      many((i) => field(1, field(1, attribute(1, 'service.name', `s${i}`)), field(2, field(2, field(3, 'x'))))),
  },
  {
    name: 'log records of 60 kB',
    signal: 'logs',
    format: 'protobuf',
    body: () => inScope(many((i) => field(2, field(5, field(1, text(60_000, `${i}\n`)))))),
  },
  metrics('metadata of one metric', () =>
    inScope(
      field(
        2,
        field(1, 'm'),
        sum(point()),
        many((i) => attribute(12, `k${i}`, 'v'), room - 200),
      ),
    ),
  ),
  metrics('names of 60 kB', () => inScope(many((i) => field(2, field(1, text(60_000, `n${i}_`)), sum(point()))))),
  metrics('descriptions of 60 kB', () =>
    inScope(many((i) => field(2, field(1, 'm'), field(2, text(60_000, `d${i}\n`)), sum(point())))),
  ),
  metrics('keys of 60 kB', () => inScope(metric(sum(many((i) => point(attribute(7, text(60_000, `k${i}.`), 'v'))))))),
  metrics('a thousand attributes of each point', () =>
    inScope(metric(sum(many((i) => point(...Array.from({ length: 1000 }, (_, k) => attribute(7, `k${k}`, `${i}`))))))),
  ),
  metrics('a thousand attributes of each scope', () =>
    request(
      many((i) =>
        field(
          2,
          field(1, field(1, `s${i}`), ...Array.from({ length: 1000 }, (_, k) => attribute(3, `k${k}`, 'v'))),
          metric(sum(point())),
        ),
      ),
    ),
  ),
  metrics('attributes that are not adjacent', () =>
    inScope(
      metric(
        sum(
          many((i) =>
            point(...Array.from({ length: 20 }, (_, k) => [attribute(7, `k${k}`, text(3_000, `${i}`)), value]).flat()),
          ),
        ),
      ),
    ),
  ),
  metrics('exemplars with attributes', () =>
    inScope(
      metric(
        sum(
          many((i) =>
            point(
              field(
                5,
                fixed64Field(2, now),
                count(6, i),
                many((k) => attribute(7, `k${k}`, 'v'), 800),
              ),
            ),
          ),
        ),
      ),
    ),
  ),
  metrics('references to entities', () =>
    field(
      1,
      field(
        1,
        many((i) => field(3, field(2, `type${i}`), field(3, 'id')), room - 100),
      ),
      field(2, metric(sum(point()))),
    ),
  ),
  metrics('empty scopes', () => request(Buffer.alloc(room & ~1, Buffer.from([0x12, 0])))),
  metrics('empty metrics', () => inScope(Buffer.alloc(room & ~1, Buffer.from([0x12, 0])))),
  metrics('empty points', () => inScope(metric(sum(Buffer.alloc(room & ~1, Buffer.from([0x0a, 0])))))),
  metrics('processes of one series', () =>
    many((i) =>
      field(
        1,
        field(1, attribute(1, 'service.name', 's'), attribute(1, 'service.instance.id', `${i}`)),
        field(2, metric(sum(field(1, fixed64Field(2, now - BigInt(i)), fixed64Field(3, now), value)))),
      ),
    ),
  ),
  metrics('starts of one series', () =>
    inScope(metric(sum(many((i) => field(1, fixed64Field(2, now - BigInt(i)), fixed64Field(3, now), value))))),
  ),
  metrics('deltas of one series', () =>
    inScope(
      metric(
        field(
          7,
          many(
            (i) => field(1, fixed64Field(2, now - BigInt(2 * i + 1)), fixed64Field(3, now - BigInt(2 * i)), value),
            room - 50,
          ),
          varintField(2, 1),
          varintField(3, 1),
        ),
      ),
    ),
  ),
  metrics('summaries without quantiles', () =>
    inScope(metric(summary(many((i) => field(1, times, count(4, 1), attribute(7, 'k', `${i}`)))))),
  ),
  metrics('exponential histograms of both signs', () =>
    inScope(
      metric(
        exponential(
          many((i) =>
            field(
              1,
              fixed64Field(3, now),
              count(4, 320),
              field(8, varintField(1, 2_000_000), field(2, Buffer.alloc(160, 1))),
              field(9, varintField(1, 3), field(2, Buffer.alloc(160, 1))),
              attribute(1, 'k', `${i}`),
            ),
          ),
        ),
      ),
    ),
  ),
  json('nested lists', () => `{"resourceMetrics":${'['.repeat(room / 2)}${']'.repeat(room / 2)}}`),
  json('one long key', () => `{"${text(room - 10, 'key"'.replace('"', '_'))}":1}`),
  json('one key again and again', () => `{${'"resourceMetrics":[],'.repeat((room - 30) / 21)}"a":1}`),
  json('surrogates', () => jsonText('\\ud800')),
  json('exponents', () => `{"unknown":[${text(room - 400 - ((room - 400) % 7), '1e-308,')}0]}`),
  json('hexadecimal IDs', () => spans(`"traceId":"${text(room - 400, 'ab')}"`), 'traces'),
  json('span attributes', () => spans(`"attributes":[${'{"key":"k"},'.repeat((room - 400) / 12)}{}]`), 'traces'),
];

const jsonText = (unit: string) =>
  `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"${unit.repeat((room - 200) / unit.length)}"}]}]}]}`;
const spans = (content: string) => `{"resourceSpans":[{"scopeSpans":[{"spans":[{${content}}]}]}]}`;
