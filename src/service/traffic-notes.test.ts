import { expect, test } from 'vitest';
import type { ComponentViews, ListenerView } from '#component/views/component-views.ts';
import type { ServiceViews } from '#component/views/service-views.ts';
import { testSettings } from '../../test/support/component-settings.ts';
import { addressesOf, nextSteps } from './addresses.ts';
import { TrafficNotes } from './traffic-notes.ts';

const listener = (
  purpose: ListenerView['purpose'],
  address: string,
  rest: Partial<ListenerView> = {},
): ListenerView => ({
  ...{ purpose, address, path: '', hasTls: false, hasAuth: false },
  ...rest,
});

/** Notes about a service with these views, of which a test changes the counts. */
function notesOn(listeners: readonly ListenerView[]) {
  const settings = testSettings();
  const traffic = { requests: 0, scrapes: 0 };
  const source = { address: '10.0.0.7', job: 'airflow', userAgent: 'OTel' };
  const scrape = { isScraper: true, outcome: 'sent', address: '10.0.0.9', userAgent: 'Prometheus/3', bytes: 5 };
  const views = {
    listeners: () => listeners,
    clients: {
      get requests() {
        return traffic.requests;
      },
      sources: () => [source],
    },
    scrapes: () => ({ recent: Array.from({ length: traffic.scrapes }, () => scrape), scrapers: [] }),
  } as unknown as ComponentViews;
  const service = { components: () => [{ kind: 'receiver', id: 'otlp', pipeline: undefined, views }] };
  const notes = new TrafficNotes({ views: service as unknown as ServiceViews, ...settings });
  return { notes, traffic, settings };
}

const usual = [
  listener('otlp_http', '[::]:4318', { path: '/v1/metrics' }),
  listener('otlp_grpc', '[::]:4317'),
  listener('metrics', '[::]:8889', { path: '/metrics' }),
  listener('console', '127.0.0.1:8890', { path: '/' }),
];

test('addresses are those for a user on the same machine', () => {
  expect(nextSteps(addressesOf(usual))).toBe(
    'Send OTLP to http://localhost:4318, or over gRPC to http://localhost:4317. Scrape http://localhost:8889/metrics. Open http://localhost:8890/ in a browser.',
  );
  expect(nextSteps(addressesOf([listener('otlp_http', '10.0.0.1:1', { hasTls: true })]))).toBe(
    'Send OTLP to https://10.0.0.1:1.',
  );
});

test('ports that accept OTLP from everywhere, and only those without authentication', () => {
  expect(addressesOf(usual).openPorts).toEqual(['4318', '4317']);
  expect(addressesOf([listener('otlp_http', '0.0.0.0:1', { hasAuth: true })]).openPorts).toEqual([]);
  expect(addressesOf([listener('otlp_http', '127.0.0.1:1')]).openPorts).toEqual([]);
});

test('the addresses are logged once, and again only if they change', () => {
  const { notes, settings } = notesOn(usual);
  notes.announce();
  notes.announce();
  notes.stop();
  expect(settings.logged).toHaveLength(2);
  expect(settings.logged[1]).toBe(
    'info Every host that reaches these ports can send OTLP: they have no authentication {"ports":[4318,4317]}',
  );
});

test('after 60 s without data points, one line has the variables for Airflow', () => {
  const { notes, settings } = notesOn(usual);
  settings.clock.advance(59_000);
  notes.check();
  expect(settings.logged).toEqual([]);
  settings.clock.advance(1_000);
  notes.check();
  notes.check();
  expect(settings.logged).toHaveLength(1);
  expect(settings.logged[0]).toMatch(
    /^info No data points have arrived for 60 s\. .*AIRFLOW__METRICS__OTEL_ON=True .*AIRFLOW__METRICS__OTEL_PORT=4318 .*OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/<host>:4318 /,
  );
});

test('the first data points and the first scrape are logged once', () => {
  const { notes, traffic, settings } = notesOn(usual);
  traffic.requests = 1;
  notes.check();
  traffic.scrapes = 1;
  notes.check();
  notes.check();
  expect(settings.logged).toEqual([
    'info The first data points have arrived {"client":"10.0.0.7","job":"airflow","user_agent":"OTel"}',
    'info A scraper has read the metrics for the first time {"client":"10.0.0.9","user_agent":"Prometheus/3","bytes":5}',
  ]);
});
