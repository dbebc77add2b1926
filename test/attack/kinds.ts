import { fixed64Field, varintField } from '../support/wire.ts';

/*
 * Valid requests that fill the largest body with one kind of content each. The process must survive each, whatever the
 * status of the response is.
 */

/** One kind of request. `body` is created on access, so that forty bodies of 20 MiB do not exist at the same time. */
export interface Kind {
  readonly name: string;
  readonly signal: 'metrics' | 'traces' | 'logs';
  readonly format: 'protobuf' | 'json';
  readonly body: () => Buffer;
}

/** Maximum size of a body that the receiver accepts, bytes. */
const largest = 20 * 1024 * 1024;
/** Space for content after the envelope, bytes. */
export const room = largest - 200;

/** Returns a length-delimited field. Bodies consist of a million of them, so this is faster than `field` of test/support. */
export function field(number: number, ...contents: (Buffer | string)[]): Buffer {
  let length = 0;
  for (const part of contents) length += typeof part === 'string' ? Buffer.byteLength(part) : part.length;
  // The numbers of all fields here fit into one byte.
  let headLength = 2;
  for (let rest = length >>> 7; rest > 0; rest >>>= 7) headLength += 1;
  const bytes = Buffer.allocUnsafe(headLength + length);
  bytes[0] = (number << 3) | 2;
  let at = 1;
  for (let rest = length; ; rest >>>= 7) {
    bytes[at++] = rest < 128 ? rest : (rest & 127) | 128;
    if (rest < 128) break;
  }
  for (const part of contents) {
    at += typeof part === 'string' ? bytes.write(part, at) : part.copy(bytes, at);
  }
  return bytes;
}

export const keyValue = (key: string, value: string) => Buffer.concat([field(1, key), field(2, field(1, value))]);

/** Concatenates as many pieces as fit into `bytes`. */
export function many(piece: (index: number) => Buffer, bytes = room): Buffer {
  const whole = Buffer.allocUnsafe(bytes);
  let length = 0;
  for (let index = 0; ; index++) {
    const one = piece(index);
    if (length + one.length > bytes) return whole.subarray(0, length);
    length += one.copy(whole, length);
  }
}

export const now = BigInt(Date.now()) * 1_000_000n;
export const times = Buffer.concat([fixed64Field(2, now - 60_000_000_000n), fixed64Field(3, now)]);
export const count = (number: number, value: number) => fixed64Field(number, BigInt(value));
export const value = Buffer.from([0x31, 1, 0, 0, 0, 0, 0, 0, 0]);
export const text = (length: number, unit: string) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
const name = (index: number) => field(1, `m${index.toString(36)}`);
export const attribute = (tag: number, key: string, content: string) => field(tag, keyValue(key, content));

export const request = (...scopes: Buffer[]) => field(1, ...scopes);
export const inScope = (...metrics: Buffer[]) => request(field(2, ...metrics));
export const metric = (data: Buffer, title = 'm') => field(2, field(1, title), data);
const cumulative = Buffer.concat([varintField(2, 2), varintField(3, 1)]);
export const sum = (...points: Buffer[]) => field(7, ...points, cumulative);
const gauge = (...points: Buffer[]) => field(5, ...points);
const histogram = (...points: Buffer[]) => field(9, ...points, varintField(2, 2));
export const exponential = (...points: Buffer[]) => field(10, ...points, varintField(2, 2));
export const summary = (...points: Buffer[]) => field(11, ...points);
export const point = (...parts: Buffer[]) => field(1, times, value, ...parts);
const one = (...parts: Buffer[]) => inScope(metric(sum(point(...parts))));
const doubles = (length: number) => {
  const bytes = Buffer.allocUnsafe(length * 8);
  for (let index = 0; index < length; index++) bytes.writeDoubleLE(index, index * 8);
  return bytes;
};
const nested = (depth: number, inner: Buffer): Buffer =>
  depth === 0 ? inner : field(2, field(6, field(1, field(1, 'k'), nested(depth - 1, inner))));

export const metrics = (title: string, body: () => Buffer): Kind => ({
  name: title,
  signal: 'metrics',
  format: 'protobuf',
  body,
});
export const json = (title: string, body: () => string, signal: Kind['signal'] = 'metrics'): Kind => ({
  name: `${title} in JSON`,
  signal,
  format: 'json',
  body: () => Buffer.from(body()),
});

const jsonMetric = (content: string) =>
  `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m",${content}}]}]}]}`;
const jsonPoint = (content: string) =>
  jsonMetric(`"gauge":{"dataPoints":[{"timeUnixNano":"${now}","asInt":"1",${content}}]}`);
const jsonValue = (content: string) => jsonPoint(`"attributes":[{"key":"k","value":${content}}]`);

const doubleQuantile = Buffer.concat([Buffer.from([0x09]), doubles(1), Buffer.from([0x11]), doubles(1)]);

/** Every kind. */
export const kinds: readonly Kind[] = [
  metrics('distinct names', () => inScope(many((i) => field(2, name(i), gauge(field(1, value)))))),
  metrics('one name', () => inScope(metric(sum(point()), text(room, 'name_')))),
  metrics('a name of separators', () => inScope(metric(sum(point()), text(room, 'a.')))),
  metrics('one description', () => inScope(field(2, field(1, 'm'), field(2, text(room, 'it counts\n')), sum(point())))),
  metrics('one unit', () => inScope(field(2, field(1, 'm'), field(3, text(room, 'By/s')), sum(point())))),
  metrics('a value of quotes and newlines', () => one(attribute(7, 'k', text(room, '"\n')))),
  metrics('a value that is not UTF-8', () =>
    one(field(7, field(1, 'k'), field(2, field(1, Buffer.alloc(room, 0xff))))),
  ),
  metrics('one attribute key', () => one(attribute(7, text(room, 'key.'), 'v'))),
  metrics('a value of bytes', () => one(field(7, field(1, 'k'), field(2, field(7, Buffer.alloc(room, 0xab)))))),
  metrics('a list of empty values', () =>
    one(field(7, field(1, 'k'), field(2, field(5, Buffer.alloc(room & ~1, Buffer.from([0x0a, 0])))))),
  ),
  metrics('a map of distinct keys', () =>
    one(
      field(
        7,
        field(1, 'k'),
        field(
          2,
          field(
            6,
            many((i) => field(1, keyValue(`k${i}`, 'v'))),
          ),
        ),
      ),
    ),
  ),
  metrics('a text in a hundred maps', () =>
    one(field(7, field(1, 'k'), nested(49, field(2, field(1, text(room - 1500, '"\\')))))),
  ),
  metrics('attributes of one point', () => one(many((i) => attribute(7, `k${i}`, 'v')))),
  metrics('one key again and again', () => one(many((i) => attribute(7, 'k', `v${i}`)))),
  metrics('points without attributes', () => inScope(metric(sum(many(() => point()))))),
  metrics('points with distinct attributes', () => inScope(metric(sum(many((i) => point(attribute(7, 'k', `${i}`))))))),
  metrics('points with a hundred attributes', () =>
    inScope(metric(sum(many((i) => point(...Array.from({ length: 100 }, (_, k) => attribute(7, `k${k}`, `${i}`))))))),
  ),
  metrics('points with values of 60 kB', () =>
    inScope(metric(sum(many((i) => point(attribute(7, 'k', text(60_000, `"${i}\n`))))))),
  ),
  metrics('points that end their series', () =>
    inScope(metric(sum(many((i) => point(attribute(7, 'k', `${i}`), varintField(8, 1)))))),
  ),
  metrics('exemplars of one point', () => one(many(() => field(5, fixed64Field(2, now), count(6, 1))))),
  metrics('bounds of one histogram', () => {
    const length = Math.floor(room / 16);
    return inScope(
      metric(
        histogram(field(1, times, count(4, 1), field(6, Buffer.alloc(length * 8 + 8)), field(7, doubles(length)))),
      ),
    );
  }),
  metrics('bounds that are not packed', () =>
    inScope(
      metric(
        histogram(
          field(
            1,
            times,
            count(4, 1),
            many((i) => Buffer.concat([Buffer.from([0x39]), doubles(1 + (i & 1)).subarray(-8)])),
          ),
        ),
      ),
    ),
  ),
  metrics('histograms of a hundred bounds', () =>
    inScope(
      metric(
        histogram(
          many((i) =>
            field(
              1,
              times,
              count(4, 0),
              field(6, Buffer.alloc(808)),
              field(7, doubles(100)),
              attribute(9, 'k', `${i}`),
            ),
          ),
        ),
      ),
    ),
  ),
  metrics('histograms of 700 bounds and a label of 6 kB', () =>
    inScope(
      metric(
        histogram(
          many((i) => field(1, times, count(4, 0), field(7, doubles(700)), attribute(9, 'k', text(6_000, `"${i}\n`)))),
        ),
      ),
    ),
  ),
  metrics('buckets of one exponential histogram', () =>
    inScope(
      metric(exponential(field(1, fixed64Field(3, now), count(4, room), field(8, field(2, Buffer.alloc(room, 1)))))),
    ),
  ),
  metrics('exponential histograms of 160 buckets', () =>
    inScope(
      metric(
        exponential(
          many((i) =>
            field(
              1,
              fixed64Field(3, now),
              count(4, 160),
              field(8, varintField(1, 0), field(2, Buffer.alloc(160, 1))),
              attribute(1, 'k', `${i}`),
            ),
          ),
        ),
      ),
    ),
  ),
  metrics('exponential histograms far apart', () =>
    inScope(
      metric(
        exponential(
          many((i) =>
            field(
              1,
              fixed64Field(3, now + BigInt(i)),
              count(4, 1),
              field(8, varintField(1, i % 2 === 0 ? 0xfffffffe : 0), field(2, Buffer.from([1]))),
            ),
          ),
        ),
      ),
    ),
  ),
  metrics('quantiles of one summary', () =>
    inScope(
      metric(
        summary(
          field(
            1,
            times,
            many(() => field(6, doubleQuantile)),
          ),
        ),
      ),
    ),
  ),
  metrics('summaries of ten quantiles', () =>
    inScope(
      metric(
        summary(many((i) => field(1, times, ...Array(10).fill(field(6, doubleQuantile)), attribute(7, 'k', `${i}`)))),
      ),
    ),
  ),
  metrics('empty resources', () => Buffer.alloc(room & ~1, Buffer.from([0x0a, 0]))),
  metrics('resources with a series each', () =>
    many((i) =>
      field(
        1,
        field(1, attribute(1, 'service.name', `s${i}`), attribute(1, 'service.instance.id', `i${i}`)),
        field(2, metric(sum(point()))),
      ),
    ),
  ),
  metrics('one resource attribute', () =>
    field(
      1,
      field(
        1,
        attribute(1, 'service.name', 's'),
        attribute(1, 'service.instance.id', 'i'),
        attribute(1, 'k', text(room, '\n')),
      ),
      field(2, metric(sum(point()))),
    ),
  ),
  metrics('attributes of one resource', () =>
    field(
      1,
      field(
        1,
        many((i) => attribute(1, `k${i}`, 'v')),
      ),
      field(2, metric(sum(point()))),
    ),
  ),
  metrics('scopes with a series each', () =>
    request(many((i) => field(2, field(1, field(1, `s${i}`)), metric(sum(point()))))),
  ),
  metrics('one scope name', () => request(field(2, field(1, field(1, text(room, '"s'))), metric(sum(point()))))),
  metrics('one schema URL', () => request(field(2, metric(sum(point())), field(3, text(room, 'https://'))))),
  metrics('metrics without data', () => inScope(many((i) => field(2, name(i))))),
  metrics('unknown fields', () => many(() => Buffer.from([0xf8, 0x01, 0x01]))),
  json('distinct names', () => {
    const parts: string[] = [];
    for (let i = 0, length = 0; length < room - 100; i++) {
      parts.push(`{"name":"m${i}","gauge":{"dataPoints":[{"asInt":1}]}}`);
      length += parts[i]!.length + 1;
    }
    return `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[${parts.join()}]}]}]}`;
  }),
  json('a value of bytes', () => jsonValue(`{"bytesValue":"${text((room - 200) & ~3, 'QUJD')}"}`)),
  json('a value of escapes', () => jsonValue(`{"stringValue":"${text(room - 200 - ((room - 200) % 6), '\\u0022')}"}`)),
  json('digits', () => jsonPoint(`"flags":${text(room - 300, '1')}`)),
  json('digits in a text', () => jsonPoint(`"startTimeUnixNano":"${text(room - 300, '0')}1"`)),
  json('an unknown field', () => jsonMetric(`"unknown":[${text(room - 300, '[],')}0]`)),
  json('an unknown number', () => jsonMetric(`"unknown":${text(room - 300, '1')}`)),
  json('blanks', () => jsonMetric(`"gauge":${text(room - 300, ' \n')}{}`)),
  {
    name: 'spans',
    signal: 'traces',
    format: 'protobuf',
    body: () => inScope(many((i) => field(2, field(5, `s${i}`), attribute(9, 'k', `${i}`)))),
  },
  {
    name: 'events of one span',
    signal: 'traces',
    format: 'protobuf',
    body: () =>
      inScope(
        field(
          2,
          many((i) => field(11, field(2, `e${i}`))),
        ),
      ),
  },
  {
    name: 'log records',
    signal: 'logs',
    format: 'protobuf',
    body: () => inScope(many((i) => field(2, field(5, field(1, `r${i}`))))),
  },
  {
    name: 'one log body',
    signal: 'logs',
    format: 'protobuf',
    body: () => inScope(field(2, field(5, field(1, text(room, 'line\n'))))),
  },
  {
    name: 'attributes of one log record',
    signal: 'logs',
    format: 'protobuf',
    body: () =>
      inScope(
        field(
          2,
          many((i) => attribute(6, `k${i}`, 'v')),
        ),
      ),
  },
  json(
    'log records',
    () => {
      const record = '{"body":{"stringValue":"r"}}';
      return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${text(room - 300 - ((room - 300) % 29), `${record},`)}${record}]}]}]}`;
    },
    'logs',
  ),
];
