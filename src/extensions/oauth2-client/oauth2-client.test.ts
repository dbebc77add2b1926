import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { oauth2ClientConfig } from './config.ts';
import { Oauth2Client } from './oauth2-client.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A server that issues tokens, numbered from 1, unless `answer` does something else. */
async function tokenServer(answer?: (response: ServerResponse, request: number, body: string) => boolean) {
  const requests: { authorization: string | undefined; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    requests.push({ authorization: request.headers.authorization, body });
    if (answer?.(response, requests.length, body)) return;
    response.end(JSON.stringify({ access_token: `t${requests.length}`, token_type: 'bearer', expires_in: 3600 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { token_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, requests };
}

async function client(raw: object) {
  const parsed = parseConfig(oauth2ClientConfig, { client_id: 'me', client_secret: 's:1', ...raw });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('oauth2client');
  const made = new Oauth2Client(parsed.value, settings);
  await made.start({ extension: () => undefined, fatal: () => undefined });
  cleanups.push(() => made.shutdown());
  const header = async () => (await made.requestHeaders()).get('Authorization');
  return { header, clock: settings.clock };
}

test('requests one token for all requests, and another before it expires', async () => {
  const { token_url, requests } = await tokenServer();
  const { header, clock } = await client({ token_url, scopes: ['a', 'b'], endpoint_params: { audience: ['x'] } });
  expect(await Promise.all([header(), header()])).toEqual(['Bearer t1', 'Bearer t1']);
  clock.advance(3_299_999);
  expect(await header()).toBe('Bearer t1');
  clock.advance(1);
  expect(await header()).toBe('Bearer t2');
  expect(requests[0]).toEqual({
    authorization: `Basic ${Buffer.from('me:s%3A1').toString('base64')}`,
    body: 'grant_type=client_credentials&scope=a+b&audience=x',
  });
  expect(requests).toHaveLength(2);
});

test('sends the credentials in the body if the server refuses the header', async () => {
  const { token_url, requests } = await tokenServer((response, _request, body) => {
    if (body.includes('client_secret')) return false;
    response.writeHead(401).end();
    return true;
  });
  expect(await (await client({ token_url })).header()).toBe('Bearer t2');
  expect(requests[1]).toEqual({
    authorization: undefined,
    body: 'grant_type=client_credentials&client_id=me&client_secret=s%3A1',
  });
});

test('rejects without a token, and requests one again with the next request', async () => {
  const { token_url } = await tokenServer((response, request) => {
    if (request === 1) response.writeHead(503).end();
    if (request === 2) response.end('{}');
    return request <= 2;
  });
  const { header } = await client({ token_url });
  await expect(header()).rejects.toThrow('failed to get security token from token endpoint: status 503');
  await expect(header()).rejects.toThrow('server response missing access_token');
  expect(await header()).toBe('Bearer t3');
});

test.each([
  [{}, 'no ClientID provided in the OAuth2 exporter configuration'],
  [
    { client_id: 'a', grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' },
    'pitot does not support the grant type "urn:ietf:params:oauth:grant-type:jwt-bearer"',
  ],
  [{ client_id: 'a' }, 'no ClientSecret provided in OAuth Client Credentials configuration'],
  [{ client_id: 'a', client_secret: 'b' }, 'no TokenURL provided in OAuth Client Credentials configuration'],
])('refuses %j', (raw, problem) => {
  const parsed = parseConfig(oauth2ClientConfig, raw);
  expect(parsed.ok && validateConfig(oauth2ClientConfig, parsed.value).map(({ message }) => message)).toEqual([
    problem,
  ]);
});
