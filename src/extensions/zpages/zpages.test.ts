import { afterEach, expect, test } from 'vitest';
import { parseConfig } from '#config/schema.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { ask } from '../../../test/support/http.ts';
import { freePorts } from '../../../test/support/pitot.ts';
import { zpagesConfig } from './config.ts';
import { Zpages } from './zpages.ts';

const running: Zpages[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((zpages) => zpages.shutdown(AbortSignal.timeout(1000))));
});

async function started(raw: object = {}) {
  const [port] = await freePorts(1);
  const parsed = parseConfig(zpagesConfig, { endpoint: `127.0.0.1:${port}`, ...raw });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const zpages = new Zpages(parsed.value, testSettings('zpages'));
  running.push(zpages);
  const pipeline = { id: 'metrics', receivers: ['otlp'], processors: ['batch'], exporters: ['prometheus/<b>'] };
  await zpages.start({
    extension: () => undefined,
    fatal: () => {},
    describe: () => ({
      pipelines: [pipeline],
      extensions: ['zpages'],
      status: [
        { kind: 'exporter', id: 'prometheus', tables: [{ title: 'Left out', head: ['Metric'], rows: [['<i>x']] }] },
      ],
      featureGates: [],
    }),
  });
  return (path: string) => ask(port!, { path });
}

test('shows the pipelines and escapes text of the configuration', async () => {
  const get = await started();
  const { status, headers, body } = await get('/debug/pipelinez');
  expect([status, headers['content-type']]).toStrictEqual([200, 'text/html; charset=utf-8']);
  expect(String(body)).toContain('prometheus/&#60;b&#62;');
  expect(String(body)).not.toContain('<b>');
  for (const page of ['servicez', 'extensionz', 'featurez']) expect((await get(`/debug/${page}`)).status).toBe(200);
});

test('shows and escapes the status tables of components', async () => {
  const get = await started();
  const { body } = await get('/debug/componentz');
  expect(String(body)).toContain('<h2>exporter prometheus</h2><h3>Left out</h3>');
  expect(String(body)).toContain('<td>&#60;i&#62;x</td>');
});

test('the root is 404, and so is expvarz unless it is enabled', async () => {
  const get = await started();
  expect([(await get('/')).status, (await get('/debug/expvarz')).status]).toStrictEqual([404, 404]);
  const withFigures = await started({ expvar: { enabled: true } });
  expect(JSON.parse(String((await withFigures('/debug/expvarz')).body)).memory.rss).toBeGreaterThan(0);
});
