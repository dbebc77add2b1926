import { expect, test } from 'vitest';
import { factoriesFor } from '#components.ts';
import { loadConfig } from '#config/load-config.ts';
import { resolveConfig } from '#config/resolve-config.ts';
import { requireExtensions } from './check-references.ts';
import { planPipelines } from './plan.ts';
import { usedComponents } from './used-components.ts';

const components = await factoriesFor();

async function check(...sections: string[]): Promise<string | undefined> {
  const valid = `
receivers: {otlp: {protocols: {http: }}}
exporters: {prometheus: {endpoint: "localhost:0"}}
extensions: {file_storage: {directory: /tmp}, health_check: {}, oidc: {}}
service: {extensions: [health_check, oidc], pipelines: {metrics: {receivers: [otlp], exporters: [prometheus]}}}
`;
  const locations = [valid, ...sections].map((text) => `yaml:${text}`);
  const loaded = loadConfig(await resolveConfig({ locations, environment: {} }), components);
  try {
    requireExtensions(loaded, usedComponents(loaded, planPipelines(loaded)));
    return undefined;
  } catch (error) {
    const { message, remedy } = error as Error & { remedy: string };
    return `${message}; ${remedy}`;
  }
}
const storage = 'exporters::prometheus::accumulation::storage';

test('accepts an extension that is configured and started', async () => {
  expect(await check()).toBeUndefined();
  expect(await check(`${storage}: file_storage`, 'service::extensions: [file_storage]')).toBeUndefined();
});

const notFound = (id: string) =>
  `cannot start pipelines: failed to start "prometheus" exporter: storage client extension '${id}' not found`;

test('refuses an extension that is not configured', async () => {
  expect(await check(`${storage}: disk`)).toBe(
    `${notFound('disk')}; configure "disk" in the section "extensions" (it has "file_storage", "health_check") and add it to service::extensions`,
  );
});

test('refuses an extension that is not started', async () => {
  expect(await check(`${storage}: file_storage`)).toBe(
    `${notFound('file_storage')}; add "file_storage" to service::extensions`,
  );
});

test('refuses an extension that pitot does not support', async () => {
  expect(await check('receivers::otlp::protocols::http::auth: {authenticator: oidc}')).toBe(
    'cannot start pipelines: failed to start "otlp" receiver: failed to resolve authenticator "oidc": authenticator not found; ' +
      'pitot does not support the extension "oidc"; remove this key',
  );
});
