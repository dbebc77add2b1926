import { describe, expect, test } from 'vitest';
import { airflowVariables, airflowVersions } from './versions.ts';

const target = { host: 'pitot', port: 4318, intervalMs: 30_000 };
const version = (name: string) => airflowVersions.find((each) => each.version === name)!;

describe('variables for Airflow', () => {
  test.each(['2.10', '2.11', '3.0', '3.1'])(
    '%s has its own settings, because it ignores those of OpenTelemetry',
    (name) => {
      const names = Object.keys(airflowVariables(target, version(name)));
      expect(names.filter((each) => each.startsWith('OTEL_'))).toEqual([]);
      expect(airflowVariables(target, version(name))).toMatchObject({
        AIRFLOW__METRICS__OTEL_ON: 'True',
        AIRFLOW__METRICS__OTEL_HOST: 'pitot',
        AIRFLOW__METRICS__OTEL_PORT: '4318',
        AIRFLOW__METRICS__OTEL_INTERVAL_MILLISECONDS: '30000',
      });
    },
  );

  test.each(['3.2', '3.3'])('%s gets the variables of OpenTelemetry, because its own are deprecated', (name) => {
    expect(airflowVariables(target, version(name))).toEqual({
      AIRFLOW__METRICS__OTEL_ON: 'True',
      AIRFLOW__METRICS__STATSD_ON: 'False',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://pitot:4318',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_METRIC_EXPORT_INTERVAL: '30000',
    });
  });

  test('settings of an unknown version are those of all versions', () => {
    const all = airflowVersions.map((each) => airflowVariables(target, each));
    expect(airflowVariables(target)).toEqual(Object.assign({}, ...all));
  });
});

test('versions are in order, oldest first', () => {
  const numbers = airflowVersions.map((each) => each.version.split('.').map(Number));
  expect(numbers.toSorted((a, b) => a[0]! - b[0]! || a[1]! - b[1]!)).toEqual(numbers);
});
