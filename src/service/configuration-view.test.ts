import { expect, test } from 'vitest';
import { factoriesFor } from '#components.ts';
import { loadConfig } from '#config/load-config.ts';
import { resolveConfig } from '#config/resolve-config.ts';
import { makeCertificate } from '../../test/support/certificates.ts';
import { configFile } from '../../test/support/pitot.ts';
import { planFor } from './build.ts';
import { viewConfiguration } from './configuration-view.ts';

const components = await factoriesFor();

async function view(text: string, environment = {}) {
  const path = configFile(text);
  const loaded = loadConfig(await resolveConfig({ locations: [path], environment }), components);
  return { path, view: viewConfiguration(loaded, planFor(loaded)) };
}

const { cert, key } = makeCertificate('hush');

const secretive = `receivers:
  otlp: {protocols: {http: {auth: {authenticator: basicauth}, response_headers: {x-key: hush-1}}}}
exporters:
  prometheus: {endpoint: "0.0.0.0:8889", tls: {key_pem: ${JSON.stringify(key)}, cert_pem: ${JSON.stringify(cert)}}}
extensions:
  basicauth: {htpasswd: {inline: "user:hush-4"}}
  bearertokenauth: {token: "\${env:TOKEN}"}
  oidc: {}
service:
  extensions: [basicauth, bearertokenauth, oidc]
  telemetry: {resource: {proxy: "http://me:hush-6@proxy:3128/x"}}
  pipelines: {metrics: {receivers: [otlp], exporters: [prometheus]}}
`;

test('shows no secret, and where each key is written', async () => {
  const { path, view: shown } = await view(secretive, { TOKEN: 'hush-5' });
  const all = JSON.stringify(shown);
  for (const secret of ['hush', ...[cert, key].map((pem) => pem.split('\n')[1]!)]) expect(all).not.toContain(secret);
  expect(shown.text).toContain('http://[REDACTED]@proxy:3128/x');
  expect(shown.origins).toContainEqual({ path: 'exporters::prometheus::endpoint', place: `${path}:4:16` });
  expect(shown.sources).toEqual([path]);
  expect(shown.remarks.join()).toContain('oidc');
});
