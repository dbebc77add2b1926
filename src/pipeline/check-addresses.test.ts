import { expect, test } from 'vitest';
import { factoriesFor } from '#components.ts';
import { loadConfig } from '#config/load-config.ts';
import { resolveConfig } from '#config/resolve-config.ts';
import { requireAddresses } from './check-addresses.ts';
import { planPipelines } from './plan.ts';
import { usedComponents } from './used-components.ts';

const components = await factoriesFor();

/** Checks a configuration. `sections`: lines of YAML that are merged over a valid one. */
async function check(...sections: string[]): Promise<string | undefined> {
  const valid = `
receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:4318"}}}}
exporters: {prometheus: {endpoint: "0.0.0.0:8889"}, prometheus/unused: {endpoint: "http://x"}}
service: {pipelines: {metrics: {receivers: [otlp], exporters: [prometheus]}}}
`;
  const locations = [valid, ...sections].map((text) => `yaml:${text}`);
  const loaded = loadConfig(await resolveConfig({ locations, environment: {} }), components);
  try {
    requireAddresses(loaded, usedComponents(loaded, planPipelines(loaded)));
    return undefined;
  } catch (error) {
    const { message, remedy } = error as Error & { remedy: string };
    return `${message}; ${remedy}`;
  }
}
const endpoint = (text: string) => check(`exporters::prometheus::endpoint: ${text}`);

test('accepts addresses with a port, and ignores those of unused components', async () => {
  expect(await check()).toBeUndefined();
  for (const text of ['":8889"', '"[::1]:8889"', '"fd00::1:8889"', '"localhost:0"', '"prometheus:8889"']) {
    expect(await endpoint(text), text).toBeUndefined();
  }
});

const listen = 'cannot start pipelines: failed to start "prometheus" exporter: listen tcp';

test.each([
  ['http://0.0.0.0:8889', 'too many colons in address; write "0.0.0.0:8889", without a scheme'],
  ['https://localhost:8889/metrics', 'too many colons in address; write "localhost:8889", without a scheme'],
  ['localhost', 'missing port in address; write "localhost:PORT" with a port from 1 to 65535'],
])('refuses %s and says what to write', async (text, problem) => {
  expect(await endpoint(`"${text}"`)).toBe(`${listen}: address ${text}: ${problem}`);
});

test.each([
  ['localhost:8889/metrics', 'lookup tcp/8889/metrics: unknown port; write "localhost:8889", without a path'],
  ['localhost:http', 'lookup tcp/http: unknown port; write a port from 1 to 65535'],
  ['localhost:88890', 'address 88890: invalid port; write a port from 1 to 65535'],
])('refuses the port of %s and says what to write', async (text, problem) => {
  expect(await endpoint(`"${text}"`)).toBe(`${listen}: ${problem}`);
});

test('accepts a path for the transport unix', async () => {
  const http = '{transport: unix, endpoint: /run/otlp.sock}';
  expect(await check(`receivers::otlp::protocols::http: ${http}`)).toBeUndefined();
});

test('refuses one port for two listeners', async () => {
  expect(await endpoint('"127.0.0.1:4318"')).toBe(
    'cannot start pipelines: failed to start "otlp" receiver: listen tcp 127.0.0.1:4318: bind: address already in use; ' +
      'exporters::prometheus::endpoint has the same port; write another port for one of them',
  );
  expect(await endpoint('"0.0.0.0:4318"')).toContain('address already in use');
  expect(await endpoint('"127.0.0.2:4318"')).toBeUndefined();
  // The own metrics of pitot are on localhost:8888 by default.
  expect(await endpoint('"0.0.0.0:8888"')).toBe(
    `${listen} 0.0.0.0:8888: bind: address already in use; service::telemetry::metrics::readers::0 has the same port; write another port for one of them`,
  );
  expect(
    await check('exporters::prometheus::endpoint: "0.0.0.0:8888"', 'service::telemetry::metrics::level: none'),
  ).toBeUndefined();
});
