import { mkdtempSync, writeFileSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { Component } from '#component/component.ts';
import type { HeaderChanges, OutgoingRequest } from '#component/extension.ts';
import { decodeSnappyBlock } from '#compression/snappy-block.ts';
import { decodeSnappyFramed } from '#compression/snappy-framed.ts';
import { config, parseConfig, validateConfig, validated } from '#config/schema.ts';
import { makeCertificate } from '../../test/support/certificates.ts';
import { ManualClock } from '../../test/support/component-settings.ts';
import { httpClientProblem, httpClientShape } from './config.ts';
import { HttpClient, HttpRequestError } from './http-client.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

type Answer = (request: Received, response: ServerResponse, socket: Socket) => void;
const accept: Answer = (_request, response) => void response.end('{}');

async function listen(server: { listen(port: number, host: string, done: () => void): unknown; address(): unknown }) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A receiver on a free port. Returns its address and the requests that it received. */
async function receiver(answer: Answer = accept, tls?: object) {
  const requests: Received[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = Buffer.concat(await request.toArray());
    const received = { method: request.method!, url: request.url!, headers: request.headers, body };
    requests.push(received);
    answer(received, response, request.socket);
  };
  const server: Server = tls ? (createTlsServer(tls, handle) as Server) : createServer(handle);
  const port = await listen(server);
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, port, requests };
}

const schema = validated(config('confighttp.ClientConfig', httpClientShape()), httpClientProblem);

async function client(raw: object = {}, extension?: object) {
  const parsed = parseConfig(schema, raw);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const clock = new ManualClock();
  const made = new HttpClient(parsed.value, { clock });
  await made.start({ extension: () => extension as Component | undefined, fatal: () => undefined });
  cleanups.push(() => made.close());
  return { client: made, clock };
}

const body = Buffer.from('request '.repeat(100));

test('sends headers and a body, and returns the answer', async () => {
  const { url, requests } = await receiver(
    (_request, response) => void response.writeHead(429, { 'Retry-After': '3' }).end('busy'),
  );
  const { client: made } = await client({ headers: { 'X-Tenant': 'a', 'User-Agent': 'mine' } });
  const answer = await made.send({ url: `${url}/v1/metrics?x=1`, body, headers: { 'User-Agent': 'pitot' } });
  expect(answer).toMatchObject({ status: 429, body: Buffer.from('busy') });
  expect(answer.headers.get('retry-after')).toBe('3');
  expect(requests[0]).toMatchObject({ method: 'POST', url: '/v1/metrics?x=1', body });
  expect(requests[0]!.headers).toMatchObject({ 'x-tenant': 'a', 'user-agent': 'mine' });
});

describe('compression', () => {
  test.each([
    ['gzip', gunzipSync],
    ['zlib', inflateSync],
    ['deflate', inflateSync],
    ['zstd', zstdDecompressSync],
    ['snappy', (bytes: Buffer) => decodeSnappyBlock(bytes, 1 << 20)],
    ['x-snappy-framed', (bytes: Buffer) => decodeSnappyFramed(bytes, 1 << 20)],
  ] as const)('%s, of small and large bodies', async (compression, decode) => {
    const { url, requests } = await receiver();
    const { client: made } = await client({ compression });
    const large = Buffer.concat(Array(1000).fill(body));
    for (const one of [body, large]) await made.send({ url, body: one });
    expect(requests.map(({ headers }) => headers['content-encoding'])).toEqual([compression, compression]);
    expect(requests.map((request) => decode(request.body).equals(request === requests[0] ? body : large))).toEqual([
      true,
      true,
    ]);
  });

  test('none, and for a body that is already encoded', async () => {
    const { url, requests } = await receiver();
    await (await client({ compression: 'none' })).client.send({ url, body });
    await (await client({ compression: 'gzip' })).client.send({ url, body, headers: { 'Content-Encoding': 'snappy' } });
    expect(requests.map(({ headers }) => headers['content-encoding'])).toEqual([undefined, 'snappy']);
    expect(requests.map((request) => request.body.equals(body))).toEqual([true, true]);
  });

  test.each([
    ['gzip', 9, []],
    ['gzip', 10, ['unsupported parameters {Level:10} for compression type "gzip"']],
    ['zstd', 22, []],
    ['snappy', 1, ['unsupported parameters {Level:1} for compression type "snappy"']],
  ])('%s, level %i', (compression, level, problems) => {
    const parsed = parseConfig(schema, { compression, compression_params: { level } });
    expect(parsed.ok && validateConfig(schema, parsed.value).map(({ message }) => message)).toEqual(problems);
  });

  test('refuses lz4', async () => {
    await expect(client({ compression: 'lz4' })).rejects.toThrow('compression lz4 is not supported by pitot; use zstd');
  });
});

describe('errors', () => {
  test('names the address that refuses connections', async () => {
    const { url, port } = await receiver();
    await cleanups.pop()!();
    const { client: made } = await client();
    await expect(made.send({ url })).rejects.toThrow(
      `Post "${url}": dial tcp 127.0.0.1:${port}: connect: connection refused`,
    );
  });

  test('a connection that is cut', async () => {
    const { url } = await receiver((_request, _response, socket) => void socket.destroy());
    const { client: made } = await client();
    await expect(made.send({ url })).rejects.toThrow(/^Post ".*": (EOF|read: connection reset by peer)$/);
  });

  test('nothing answers within the timeout', async () => {
    const { url } = await receiver(() => undefined);
    const { client: made } = await client({ timeout: '50ms' });
    await expect(made.send({ url })).rejects.toThrow(
      'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    );
  });

  test('ends with its signal', async () => {
    const { url } = await receiver(() => undefined);
    const { client: made } = await client();
    const stopped = new AbortController();
    const sent = made.send({ url, signal: stopped.signal });
    stopped.abort();
    await expect(sent).rejects.toThrow(new HttpRequestError(`Post "${url}": context canceled`));
  });

  test('reads 64 KiB of an answer', async () => {
    const { url } = await receiver((_request, response) => void response.end(Buffer.alloc(1_000_000, 'x')));
    expect((await (await client()).client.send({ url })).body).toHaveLength(65_536);
  });
});

describe('connections', () => {
  /** Sends two requests one after the other. Returns the number of connections. */
  async function connections(raw: object): Promise<number> {
    const sockets = new Set<Socket>();
    const { url } = await receiver((_request, response, socket) => {
      sockets.add(socket);
      response.end();
    });
    const { client: made } = await client(raw);
    for (let request = 0; request < 2; request++) {
      await made.send({ url, body });
      await new Promise((resolve) => setImmediate(resolve));
    }
    return sockets.size;
  }

  test('are used again, unless keep-alive is off', async () => {
    expect(await connections({})).toBe(1);
    expect(await connections({ keepalive: { enabled: false } })).toBe(2);
    expect(await connections({ disable_keep_alives: true })).toBe(2);
  });

  test('max_conns_per_host limits the requests at the same time', async () => {
    let [open, most] = [0, 0];
    const { url } = await receiver((_request, response) => {
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        response.end();
      });
    });
    const { client: made } = await client({ max_conns_per_host: 2 });
    await Promise.all(Array.from({ length: 8 }, () => made.send({ url, body })));
    expect(most).toBeLessThanOrEqual(2);
  });
});

describe('TLS', () => {
  const authority = makeCertificate('authority');
  const server = makeCertificate('receiver', authority);
  const directory = mkdtempSync(join(tmpdir(), 'pitot-http-client-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const ca_file = file('ca.pem', authority.cert);

  test('trusts ca_file, and nothing else', async () => {
    const { url } = await receiver(accept, server);
    expect((await (await client({ tls: { ca_file } })).client.send({ url })).status).toBe(200);
    await expect((await client()).client.send({ url })).rejects.toThrow(/certificate/);
    expect((await (await client({ tls: { insecure_skip_verify: true } })).client.send({ url })).status).toBe(200);
  });

  test('server_name_override is the name in the certificate', async () => {
    const { url } = await receiver(accept, server);
    const named = (server_name_override: string) => client({ tls: { ca_file, server_name_override } });
    expect((await (await named('receiver')).client.send({ url })).status).toBe(200);
    await expect((await named('other')).client.send({ url })).rejects.toThrow(/Host: other/);
  });

  test('presents a certificate, and the new one after reload_interval', async () => {
    const names: string[] = [];
    const noteName: Answer = (_request, response, socket) => {
      names.push((socket as TLSSocket).getPeerCertificate().subject.CN as string);
      response.end();
    };
    const { url } = await receiver(noteName, { ...server, ca: authority.cert, requestCert: true });
    const [one, two] = [makeCertificate('one', authority), makeCertificate('two', authority)];
    const tls = {
      ca_file,
      cert_file: file('cert.pem', one.cert),
      key_file: file('key.pem', one.key),
      reload_interval: '1m',
    };
    const { client: made, clock } = await client({ tls, disable_keep_alives: true });
    await made.send({ url });
    file('cert.pem', two.cert);
    file('key.pem', two.key);
    await made.send({ url });
    clock.advance(60_001);
    await made.send({ url });
    expect(names).toEqual(['one', 'one', 'two']);
  });

  test('refuses to start without a file', async () => {
    await expect(client({ tls: { ca_file: '/nope' } })).rejects.toThrow(
      'failed to load TLS config: failed to load CA CertPool: failed to load CA /nope: open /nope: no such file or directory',
    );
  });
});

describe('redirects', () => {
  test('307 repeats the request, 302 asks for the new place', async () => {
    const { url, requests } = await receiver((request, response) => {
      const status = Number(request.url.slice(1));
      if (status > 0) response.writeHead(status, { Location: '/target' });
      response.end();
    });
    const { client: made } = await client({ headers: { 'X-Tenant': 'a' } });
    for (const status of [307, 302])
      expect(await made.send({ url: `${url}/${status}`, body })).toMatchObject({ status: 200, url: `${url}/target` });
    expect(requests.map(({ method, url: path, body: { length } }) => `${method} ${path} ${length}`)).toEqual([
      'POST /307 800',
      'POST /target 800',
      'POST /302 800',
      'GET /target 0',
    ]);
    expect(requests[1]!.headers['x-tenant']).toBe('a');
  });

  test('ends after 10', async () => {
    const { url, requests } = await receiver(
      (_request, response) => void response.writeHead(307, { Location: '/' }).end(),
    );
    await expect((await client()).client.send({ url })).rejects.toThrow('stopped after 10 redirects');
    expect(requests).toHaveLength(11);
  });

  test('another host does not receive the credentials', async () => {
    const other = await receiver();
    const { url, requests } = await receiver(
      (_request, response) => void response.writeHead(307, { Location: other.url }).end(),
    );
    const extension = { requestHeaders: () => new Map([['Authorization', 'Bearer x']]) };
    const { client: made } = await client({ headers: { 'X-Key': 'secret' }, auth: { authenticator: 'a' } }, extension);
    await made.send({ url });
    expect(requests[0]!.headers).toMatchObject({ 'x-key': 'secret', authorization: 'Bearer x' });
    expect(other.requests[0]!.headers).not.toMatchObject({ 'x-key': 'secret' });
    expect(other.requests[0]!.headers.authorization).toBeUndefined();
  });
});

test('an authenticator sets and removes headers, and takes precedence over configured ones', async () => {
  const { url, requests } = await receiver();
  const extension = {
    requestHeaders: async ({ headers }: OutgoingRequest): Promise<HeaderChanges> =>
      new Map([
        ['Authorization', `Bearer ${headers.get('x-tenant')}`],
        ['X-Tenant', undefined],
      ]),
  };
  const { client: made } = await client(
    { headers: { 'X-Tenant': 'a', Authorization: 'old' }, auth: { authenticator: 'a' } },
    extension,
  );
  await made.send({ url, body });
  expect(requests[0]!.headers.authorization).toBe('Bearer a');
  expect(requests[0]!.headers['x-tenant']).toBeUndefined();
});

test('refuses to start without the authenticator, or with one for servers', async () => {
  const auth = { authenticator: 'basicauth' };
  await expect(client({ auth })).rejects.toThrow(
    'failed to resolve authenticator "basicauth": authenticator not found',
  );
  await expect(client({ auth }, {})).rejects.toThrow('requested authenticator is not a HTTP client authenticator');
});

test('cookies: the receiver gets back what it sets', async () => {
  const { url, requests } = await receiver(
    (_request, response) => void response.setHeader('Set-Cookie', ['node=7; Path=/', 'old=1; Max-Age=0']).end(),
  );
  const { client: made } = await client({ cookies: {} });
  for (let request = 0; request < 2; request++) await made.send({ url });
  expect(requests.map(({ headers }) => headers.cookie)).toEqual([undefined, 'node=7']);
});

describe('proxy_url', () => {
  test('plain requests go to the proxy, which sees their URL', async () => {
    const proxy = await receiver();
    const { client: made } = await client({ proxy_url: proxy.url });
    expect((await made.send({ url: 'http://receiver.example:4318/v1/metrics', body })).status).toBe(200);
    expect(proxy.requests[0]).toMatchObject({ url: 'http://receiver.example:4318/v1/metrics', body });
  });

  test('TLS goes through a tunnel', async () => {
    const authority = makeCertificate('authority');
    const ca_pem = authority.cert;
    const { url, port, requests } = await receiver(accept, makeCertificate('receiver', authority));
    const targets: string[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      targets.push(request.url!);
      const upstream = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(upstream).pipe(socket);
      });
      for (const end of [upstream, socket]) end.on('error', () => upstream.destroy());
    });
    const proxyPort = await listen(proxy);
    cleanups.push(() => proxy.close());
    const { client: made } = await client({ proxy_url: `http://127.0.0.1:${proxyPort}`, tls: { ca_pem } });
    expect((await made.send({ url, body })).status).toBe(200);
    expect(targets).toEqual([new URL(url).host]);
    expect(requests[0]!.body.equals(body)).toBe(true);
  });
});
