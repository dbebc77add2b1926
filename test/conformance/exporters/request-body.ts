import { encodeMetrics } from '../../support/otlp.ts';

/** A request with every type of metric, and numbers that a double cannot hold. */
export function requestBody(): Buffer {
  const times = { startTimeUnixNano: 1_700_000_000_000_000_001n, timeUnixNano: 1_700_000_000_123_456_789n };
  const attributes = [
    { key: 'text', value: { stringValue: 'é' } },
    { key: 'integer', value: { intValue: 9_007_199_254_740_993n } },
    { key: 'flag', value: { boolValue: true } },
    { key: 'list', value: { arrayValue: { values: [{ doubleValue: 0.5 }, {}] } } },
    { key: 'map', value: { kvlistValue: { values: [{ key: 'k', value: { bytesValue: Buffer.from([0, 255]) } }] } } },
  ];
  const point = { ...times, attributes };
  return encodeMetrics({
    resourceMetrics: [
      {
        resource: { attributes },
        schemaUrl: 'https://schema.example/1',
        scopeMetrics: [
          {
            scope: { name: 'scope', version: '1' },
            metrics: [
              { name: 'gauge', description: 'd', unit: 's', gauge: { dataPoints: [{ ...point, asDouble: 0.1 }] } },
              {
                name: 'sum',
                sum: {
                  aggregationTemporality: 2,
                  isMonotonic: true,
                  dataPoints: [{ ...point, asInt: 9_223_372_036_854_775_807n, flags: 1 }],
                },
              },
              {
                name: 'histogram',
                histogram: {
                  aggregationTemporality: 1,
                  dataPoints: [
                    { ...point, count: 3, sum: 0, min: -1, max: 2, bucketCounts: [1, 2], explicitBounds: [0.5] },
                  ],
                },
              },
            ],
          },
        ],
      },
    ],
  });
}
