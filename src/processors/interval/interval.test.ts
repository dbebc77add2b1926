import { afterEach, expect, it } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { RetryableError } from '#component/errors.ts';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { type DataPoint, type Metrics, type NumberDataPoint, temporality } from '#pdata/metrics.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import {
  attributes,
  counter,
  exponential,
  exponentialPoint,
  gauge,
  histogram,
  histogramPoint,
  number,
  request,
  resource,
  scope,
  sum,
  summary,
  summaryPoint,
} from '../../../test/support/pdata.ts';
import { intervalConfig } from './config.ts';
import { IntervalProcessor } from './interval-processor.ts';

const running: IntervalProcessor[] = [];
afterEach(async () => {
  for (const processor of running.splice(0)) await processor.shutdown(AbortSignal.abort());
});

function processorOf(settings: object = {}, answer: () => Promise<void> | undefined = () => undefined) {
  const parsed = parseConfig(intervalConfig, settings);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const received: Metrics[] = [];
  const component = testSettings('interval');
  const processor = new IntervalProcessor(parsed.value, component, {
    consume: (metrics) => {
      received.push(metrics);
      return answer();
    },
  });
  running.push(processor);
  const consume = (...metrics: Parameters<typeof request> extends [unknown, ...infer Rest] ? Rest : never) =>
    processor.consume(request({}, ...metrics), noClientContext);
  return { processor, consume, received, settings: component };
}

const at = (seconds: number) => ({ timeUnixNano: BigInt(seconds) * 1_000_000_000n });

/** All metrics with their points, as `name value@seconds …`. */
function summarized(received: readonly Metrics[]): string[] {
  return received.flatMap(({ resourceMetrics }) =>
    resourceMetrics.flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) =>
        metrics.map(({ descriptor, dataPoints }) => {
          const texts = (dataPoints as readonly DataPoint[]).map((point) => {
            const value =
              'value' in point ? (point as NumberDataPoint).value : (point as unknown as { count: number }).count;
            return `${value}@${point.timeUnixNano / 1_000_000_000n}`;
          });
          return [descriptor.name, ...texts].join(' ');
        }),
      ),
    ),
  );
}

it('passes the latest point of each stream on at the interval', async () => {
  const { processor, consume, received } = processorOf();
  const a = { attributes: attributes({ k: 'a' }) };
  consume(counter('c', number(4, { ...at(1), ...a }), number(3, at(2))), gauge('g', number(1, at(1))));
  consume(counter('c', number(8, { ...at(6), ...a })), gauge('g', number(2, at(3))));
  consume(counter('c', number(7, { ...at(5), ...a })), gauge('g', number(9, at(3))));
  consume(histogram('h', histogramPoint({ count: 1, ...at(1) })), summary('s', summaryPoint({ count: 1, ...at(1) })));
  consume(histogram('h', histogramPoint({ count: 2, ...at(2) })), summary('s', summaryPoint({ count: 2, ...at(2) })));
  consume(exponential('e', exponentialPoint({ count: 2, ...at(2) })));
  consume(exponential('e', exponentialPoint({ count: 1, ...at(1) })));
  expect(received).toEqual([]);
  await processor.flush();
  expect(summarized(received)).toEqual(['c 8@6 3@2', 'g 2@3', 'h 2@2', 's 2@2', 'e 2@2']);
  expect(received[0]!.dataPointCount).toBe(6);
  await processor.flush();
  expect(received).toHaveLength(1);
});

it('passes on what it does not keep as it arrives', () => {
  const { consume, received } = processorOf({ pass_through: { gauge: true, summary: true } });
  consume(
    sum('updown', { isMonotonic: false }, number(1)),
    counter('c', number(1)),
    gauge('g', number(1)),
    summary('s', summaryPoint()),
  );
  expect(summarized(received).map((text) => text.split(' ')[0])).toEqual(['updown', 'g', 's']);
  expect(received[0]!.dataPointCount).toBe(3);
});

it('adds up the deltas of a stream', async () => {
  const { processor, consume, received } = processorOf();
  const delta = { name: 'd', aggregationTemporality: temporality.delta };
  const point = (value: bigint, start: number, end: number) =>
    number(value, { startTimeUnixNano: BigInt(start) * 1_000_000_000n, ...at(end) });
  consume(counter(delta, point(3n, 5, 6)), histogram({ ...delta, name: 'dh' }, histogramPoint({ count: 1, ...at(1) })));
  consume(counter(delta, point(4n, 4, 5)), histogram({ ...delta, name: 'dh' }, histogramPoint({ count: 2, ...at(2) })));
  await processor.flush();
  expect(summarized(received)).toEqual(['d 7@6', 'dh 3@2']);
  const [metric] = received[0]!.resourceMetrics[0]!.scopeMetrics[0]!.metrics;
  expect((metric!.dataPoints[0] as DataPoint).startTimeUnixNano).toBe(4_000_000_000n);
});

it('keeps resources, scopes, and kinds of metrics apart', async () => {
  const { processor, received } = processorOf();
  for (const [service, library] of [
    ['a', 'x'],
    ['b', 'x'],
    ['a', 'y'],
    ['a', 'x'],
  ]) {
    const from = { resource: resource({ 'service.name': service }), scope: scope(library) };
    processor.consume(request(from, counter('m', number(1)), gauge('m', number(2))), noClientContext);
  }
  await processor.flush();
  const [metrics] = received;
  expect(
    metrics!.resourceMetrics.map(({ scopeMetrics }) => scopeMetrics.map(({ metrics: all }) => all.length)),
  ).toEqual([[2, 2], [2]]);
});

it('passes everything on early at the limit of streams', async () => {
  const { consume, received } = processorOf({ max_streams: 2 });
  await consume(counter('a', number(1)));
  expect(received).toEqual([]);
  await consume(counter('b', number(1)));
  expect(summarized(received).map((text) => text.split(' ')[0])).toEqual(['a', 'b']);
});

it('counts and logs what the next component refuses, and passes the rest on at shutdown', async () => {
  let isRefused = true;
  const { processor, consume, received, settings } = processorOf({}, () =>
    isRefused ? Promise.reject(new RetryableError('full')) : undefined,
  );
  consume(counter('c', number(1), number(2, { attributes: attributes({ k: 'a' }) })));
  await processor.flush();
  expect(settings.measured('pitot_processor_interval_dropped_points_total', { processor: 'interval' })).toBe(2);
  expect(settings.logged).toEqual(['error Metrics export failed {"error":"full"}']);
  isRefused = false;
  consume(counter('c', number(3)));
  await processor.shutdown(new AbortController().signal);
  expect(summarized(received.slice(1)).map((text) => text.split('@')[0])).toEqual(['c 3']);
});

it('keeps the metadata of a metric', async () => {
  const { processor, consume, received } = processorOf();
  const metric = counter('c', number(1));
  consume({ ...metric, descriptor: { ...metric.descriptor, metadata: attributes({ m: 'n' }) } });
  await processor.flush();
  const [kept] = received[0]!.resourceMetrics[0]!.scopeMetrics[0]!.metrics;
  expect(kept!.descriptor.metadata.entries).toEqual([{ key: 'm', value: 'n' }]);
});

it.each([
  [{ interval: '0s' }, 'invalid interval value'],
  [{ max_streams: 0 }, '`max_streams` must be positive'],
])('refuses %j', (settings, message) => {
  const parsed = parseConfig(intervalConfig, settings);
  expect(parsed.ok && validateConfig(intervalConfig, parsed.value).map((problem) => problem.message)).toEqual([
    message,
  ]);
});
