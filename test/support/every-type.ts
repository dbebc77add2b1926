/** Requests as OTLP JSON with one metric of each type of data, for tests that read it back from a receiver. */

const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });

function request(unixMs: number, prefix: string, flags: number): string {
  const times = {
    attributes: [attribute('dag.id', 'a "b"')],
    startTimeUnixNano: `${unixMs - 60_000}000000`,
    timeUnixNano: `${unixMs}000000`,
    flags,
  };
  const cumulative = { aggregationTemporality: 2 };
  const explicit = { count: '6', sum: 12.5, explicitBounds: [1, 2.5], bucketCounts: ['1', '2', '3'] };
  const positive = { offset: 0, bucketCounts: ['2', '0', '3'] };
  const metrics = [
    { name: 'sum', sum: { ...cumulative, isMonotonic: true, dataPoints: [{ ...times, asInt: '7' }] } },
    { name: 'updown', sum: { ...cumulative, dataPoints: [{ ...times, asDouble: -1.5 }] } },
    { name: 'gauge', unit: 'By', gauge: { dataPoints: [{ ...times, asDouble: 1e300 }] } },
    { name: 'histogram', unit: 's', histogram: { ...cumulative, dataPoints: [{ ...times, ...explicit }] } },
    {
      name: 'native',
      exponentialHistogram: {
        ...cumulative,
        dataPoints: [{ ...times, count: '6', sum: 9, scale: 0, zeroCount: '1', positive }],
      },
    },
    {
      name: 'summary',
      summary: {
        dataPoints: [{ ...times, count: '3', sum: 1.5, quantileValues: [{ quantile: 0.5, value: 0.25 }] }],
      },
    },
  ].map((metric) => ({ ...metric, name: `${prefix}.${metric.name}` }));
  const resource = { attributes: [attribute('service.name', 'airflow'), attribute('service.version', '3')] };
  return JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] });
}

/** One data point of each type, at a time. Names begin with `prefix` and a dot. */
export const everyType = (unixMs: number, prefix = 'rw'): string => request(unixMs, prefix, 0);

/** The same with the flag "no recorded value", which ends every series. */
export const everyTypeEnded = (unixMs: number, prefix = 'rw'): string => request(unixMs, prefix, 1);
