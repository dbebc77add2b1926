import { expect, test } from 'vitest';
import { nameStep, portStep, proxyStep } from './network-steps.ts';

const endpoint = new URL('http://pitot.re.svc.cluster.local:4318/v1/metrics');

test.each([
  [{ HTTP_PROXY: 'http://proxy:3128' }],
  [{ http_proxy: 'http://proxy:3128', NO_PROXY: 'localhost,.example.com' }],
  [{ ALL_PROXY: 'http://proxy:3128' }],
])('%j: the client sends through the proxy', (environment) => {
  expect(proxyStep(endpoint, environment)).toMatchObject({
    name: 'Proxy',
    result: 'skipped',
    remedy: 'If the proxy does not reach pitot, add pitot.re.svc.cluster.local to NO_PROXY.',
  });
});

test.each([
  [{}],
  [{ HTTPS_PROXY: 'http://proxy:3128' }],
  [{ HTTP_PROXY: 'http://proxy:3128', NO_PROXY: '.svc.cluster.local' }],
  [{ HTTP_PROXY: 'http://proxy:3128', no_proxy: 'a, svc.cluster.local' }],
  [{ HTTP_PROXY: 'http://proxy:3128', NO_PROXY: '*' }],
])('%j: no proxy', (environment) => {
  expect(proxyStep(endpoint, environment)).toBeUndefined();
});

test('a name without an address, and a port on which nothing listens', async () => {
  expect(await nameStep(new URL('http://pitot.invalid:4318'))).toMatchObject({ result: 'no' });
  expect(await nameStep(new URL('http://[::1]:4318'))).toMatchObject({ result: 'yes', text: '::1 is an address' });
  expect(await portStep(new URL('http://127.0.0.1:1'), 10_000)).toMatchObject({
    result: 'no',
    text: '127.0.0.1:1: connection refused',
  });
});
