import { expect, test } from 'vitest';
import type { RejectedRequests } from '#component/views/rejection.ts';
import { testSettings } from '../../test/support/component-settings.ts';
import { RejectionLog } from './rejected-requests.ts';
import { RejectionWarnings } from './rejection-warnings.ts';

const rejected: RejectedRequests = {
  ...{ reason: 'path', transport: 'http', address: '10.0.0.7', port: 4318, count: 1, firstUnixMs: 1, lastUnixMs: 1 },
  ...{ method: 'POST', path: '/v1/metrics/v1/metrics', contentType: '', userAgent: 'OTel/1', detail: '' },
};

test('logs client, cause, and correction once per cause and client, and again after an hour', () => {
  const settings = testSettings('otlp');
  const warnings = new RejectionWarnings(settings);
  warnings.log(rejected);
  warnings.log({ ...rejected, count: 2 });
  expect(settings.logged).toEqual([
    'warn POST /v1/metrics/v1/metrics from 10.0.0.7 rejected: Nothing is received at the path /v1/metrics/v1/metrics. ' +
      'The endpoint already contains the path. Use OTEL_EXPORTER_OTLP_METRICS_ENDPOINT for an endpoint with a path, or leave /v1/metrics out of OTEL_EXPORTER_OTLP_ENDPOINT. ' +
      '{"reason":"path","client":"10.0.0.7","port":4318,"transport":"http","user_agent":"OTel/1"}',
  ]);
  warnings.log({ ...rejected, address: '10.0.0.8' });
  warnings.log({ ...rejected, path: '/api/v1/write' });
  expect(settings.logged).toHaveLength(3);
  settings.clock.advance(60 * 60_000);
  warnings.log({ ...rejected, count: 7_000 });
  expect(settings.logged).toHaveLength(4);
  expect(settings.logged[3]).toContain('"count":7000');
});

test('twenty warnings a minute; the next one counts the clients that were not logged', () => {
  const settings = testSettings('otlp');
  const warnings = new RejectionWarnings(settings);
  for (let i = 0; i < 10_000; i++) warnings.log({ ...rejected, address: `10.0.${i >> 8}.${i & 255}` });
  expect(settings.logged).toHaveLength(20);
  settings.clock.advance(60_000);
  warnings.log({ ...rejected, address: '10.9.9.9' });
  expect(settings.logged).toHaveLength(21);
  expect(settings.logged[20]).toContain('"other_clients_not_logged":9980');
});

test('texts from the network cannot add lines', () => {
  const settings = testSettings('otlp');
  new RejectionWarnings(settings).log({ ...rejected, path: '/a\n\u001b[31m\u2028b' });
  expect(settings.logged[0]).toMatch(/^warn POST \/a��\[31m�b from 10\.0\.0\.7 rejected: /);
});

test('every rejection that is recorded is logged', () => {
  const settings = testSettings('otlp');
  const log = new RejectionLog(settings);
  log.record({ reason: 'not_http', transport: 'http', address: '::ffff:10.0.0.7', port: 4318, detail: 'StatsD text' });
  expect(settings.logged[0]).toMatch(
    /^warn Connection to port 4318 from 10\.0\.0\.7 rejected: StatsD text is sent to port 4318\. pitot receives OTLP only\. Set AIRFLOW__METRICS__STATSD_ON=False /,
  );
});
