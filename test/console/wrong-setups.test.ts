import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scraperHeaders } from '../support/bridge.ts';
import { ask } from '../support/http.ts';
import { openBrowser, Visitor } from './browser.ts';
import { type Situation, startSituation } from './situations.ts';

/** Python of an environment with the OpenTelemetry SDK and `statsd`; .ci/console.sh creates it. */
const python = process.env.PITOT_PYTHON;

interface Setup {
  /** How the client sends; see client.py. */
  readonly way: (ports: Situation['ports']) => readonly string[];
  readonly variables?: (ports: Situation['ports']) => Record<string, string>;
  /** What the page says. */
  readonly named: (ports: Situation['ports']) => string;
}

const endpoint = (url: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
const setups: Readonly<Record<string, Setup>> = {
  'a path without /v1/metrics': {
    way: () => ['http'],
    variables: ({ http }) => ({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `http://127.0.0.1:${http}/` }),
    named: () => 'Nothing is received at the path /',
  },
  'a path with /v1/metrics twice': {
    way: () => ['http'],
    variables: ({ http }) => endpoint(`http://127.0.0.1:${http}/v1/metrics`),
    named: () => 'Nothing is received at the path /v1/metrics/v1/metrics',
  },
  'the port of /metrics': {
    way: () => ['http'],
    variables: ({ metrics }) => endpoint(`http://127.0.0.1:${metrics}`),
    named: ({ metrics }) => `OTLP is sent to port ${metrics}, which is read by Prometheus`,
  },
  'gRPC on the HTTP port': {
    way: () => ['grpc'],
    variables: ({ http }) => endpoint(`http://127.0.0.1:${http}`),
    named: ({ http }) => `gRPC is sent to the HTTP port ${http}`,
  },
  'HTTP on the gRPC port': {
    way: () => ['http'],
    variables: ({ grpc }) => endpoint(`http://127.0.0.1:${grpc}`),
    named: ({ grpc }) => `HTTP is sent to the gRPC port ${grpc}`,
  },
  'StatsD text': {
    way: ({ http }) => ['statsd', `${http}`],
    named: ({ http }) => `StatsD text is sent to port ${http}`,
  },
  'TLS over HTTP': {
    way: () => ['http'],
    variables: ({ http }) => endpoint(`https://127.0.0.1:${http}`),
    named: ({ http }) => `TLS is sent to port ${http}, which has no TLS`,
  },
  'TLS over gRPC': {
    way: () => ['grpc'],
    variables: ({ grpc }) => endpoint(`https://127.0.0.1:${grpc}`),
    named: ({ grpc }) => `TLS is sent to port ${grpc}, which has no TLS`,
  },
  'a wrong media type': {
    way: ({ http }) => ['text', `http://127.0.0.1:${http}/v1/metrics`],
    named: () => 'text/plain is not OTLP',
  },
  'no data points': {
    way: () => ['empty'],
    variables: ({ http }) => endpoint(`http://127.0.0.1:${http}`),
    named: () => 'Requests arrive, but contain no data points',
  },
};

describe.skipIf(python === undefined)('a client that sends', () => {
  let browser: Browser;
  let situation: Situation;
  let visitor: Visitor;
  beforeAll(async () => {
    browser = await openBrowser();
    situation = await startSituation('nothing');
    visitor = await Visitor.open(browser, situation.origin, 'light desktop');
  });
  afterAll(async () => {
    await visitor.close();
    await browser.close();
    await situation.pitot.stop();
  });

  test('nothing sees what to do', async () => {
    await visitor.page.getByRole('heading', { name: 'Getting started' }).waitFor();
    expect(await visitor.verdict()).toMatch(/No metrics have arrived yet\.$/);
  });

  test.each(Object.entries(setups))('%s is named', async (name, { way, variables, named }) => {
    const { ports } = situation;
    const client = send(way(ports), variables?.(ports) ?? {});
    await visitor.page
      .getByRole('heading', { name: named(ports) })
      .first()
      .waitFor();
    await visitor.screenshot(`wrong ${name}`);
    client.kill();
    expect(await visitor.page.getByText('What arrives instead').count()).toBe(1);
  });

  test('empty requests alone are a warning', async () => {
    const quiet = await startSituation('nothing');
    const visitorOfQuiet = await Visitor.open(browser, quiet.origin, 'light desktop');
    const client = send(['empty'], endpoint(`http://127.0.0.1:${quiet.ports.http}`));
    await visitorOfQuiet.page.locator('.verdict.warning').waitFor();
    expect(await visitorOfQuiet.verdict()).toMatch(/Requests arrive, but contain no data points\.$/);
    client.kill();
    await visitorOfQuiet.close();
    await quiet.pitot.stop();
  });

  test('data sees the next step, and none of the corrected mistakes', async () => {
    const { ports, origin } = situation;
    const clients = [
      send(['http'], endpoint(`http://127.0.0.1:${ports.http}`)),
      send(['grpc'], endpoint(`http://127.0.0.1:${ports.grpc}`)),
    ];
    // The steps and the sentence are read apart, each every few seconds.
    const { page } = visitor;
    const sentence = page.locator('.verdict').getByText('Metrics arrive. Prometheus has not scraped them yet.');
    await sentence.waitFor({ timeout: 60_000 });
    await page.locator('.causes').waitFor({ state: 'detached' });
    await page.getByText('Nobody has read /metrics yet.').waitFor();
    for (const client of clients) client.kill();
    await ask(ports.metrics, { path: '/metrics', headers: { 'user-agent': 'Prometheus/3.5.0', ...scraperHeaders } });
    await page.locator('.verdict.ok').waitFor();
    expect(await visitor.verdict()).toMatch(/metrics arrive, and Prometheus reads them\.$/);
    expect(await (await fetch(`${origin}/`)).text()).not.toContain('Getting started');
    expect(visitor.faults).toEqual([]);
  });
});

/** Starts a client as its user would. */
function send(args: readonly string[], variables: Readonly<Record<string, string>>) {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, OTEL_SERVICE_NAME: 'airflow', OTEL_EXPORTER_OTLP_TIMEOUT: '3', ...variables };
  return execFile(python!, [join(import.meta.dirname, 'client.py'), ...args], { env }, () => {});
}
