import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Component, Host } from '#component/component.ts';
import { config as group, parseConfig } from '#config/schema.ts';
import { testSettings } from '../../test/support/component-settings.ts';
import { ask } from '../../test/support/http.ts';
import { type HttpServer, openHttpServer } from './http-server.ts';
import { type HttpServerConfig, httpServerShape } from './server-config.ts';

const running: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close(AbortSignal.timeout(1000))));
});

function configOf(raw: object): HttpServerConfig {
  const parsed = parseConfig(group('test', httpServerShape({ endpoint: '127.0.0.1:0' })), raw);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

function open(raw: object = {}, extensions: Record<string, Component> = {}) {
  const settings = testSettings('test');
  const host: Host = { extension: (id) => extensions[id], fatal: () => {} };
  const server = openHttpServer({ config: configOf(raw), host, name: 'test', ...settings });
  running.push(server);
  server.app.all('/page', (_request, reply) => {
    reply.type('text/plain').send('page');
  });
  return { server, settings };
}

async function listening(raw: object = {}, extensions: Record<string, Component> = {}) {
  const { server, settings } = open(raw, extensions);
  const address = await server.listen();
  return { server, settings, address, port: Number(address.split(':').at(-1)) };
}

/** Sends bytes unchanged. Returns the response until the server closes or nothing arrives for 300 ms. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => {});
  socket.setTimeout(300, () => socket.destroy());
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

const post = 'POST /page HTTP/1.1\r\nHost: a\r\n';

describe('answers without a handler', () => {
  test('an unknown path is 404 in plain text', async () => {
    const { port } = await listening();
    const { status, headers, body } = await ask(port, { path: '/nope' });
    expect([status, headers['content-type'], headers['x-content-type-options'], String(body)]).toStrictEqual([
      404,
      'text/plain; charset=utf-8',
      'nosniff',
      '404 page not found\n',
    ]);
  });

  test.each([
    ['GET', '//page?x=1', '/page?x=1', '<a href="/page?x=1">Temporary Redirect</a>.\n\n'],
    ['GET', '/a/../page/', '/page/', '<a href="/page/">Temporary Redirect</a>.\n\n'],
    ['GET', '/..//x%2Fy', '/x%252Fy', '<a href="/x%252Fy">Temporary Redirect</a>.\n\n'],
    ['GET', '//a?b=<c>&d', '/a?b=<c>&d', '<a href="/a?b=&lt;c&gt;&amp;d">Temporary Redirect</a>.\n\n'],
    ['POST', '//page', '/page', ''],
    ['HEAD', '/./page', '/page', ''],
  ])('%s %s is redirected to %s', async (method, path, location, page) => {
    const { port } = await listening();
    const { status, headers, body } = await ask(port, { method, path });
    expect([status, headers.location, String(body)]).toStrictEqual([307, location, page]);
    expect(headers['content-type']).toBe(method === 'POST' ? undefined : 'text/html; charset=utf-8');
  });

  test.each(['/page', '/page?a=//b', '/page?a=/../b', '/page?a=%zz', '/page?%', '/page?a=b;c=d'])(
    '%s is not redirected',
    async (path) => {
      const { port } = await listening();
      expect((await ask(port, { path })).status).toBe(200);
    },
  );

  test.each([
    ['no Host', 'GET /page HTTP/1.1\r\n\r\n', '400 Bad Request: missing required Host header'],
    ['no HTTP', 'NONSENSE\r\n\r\n', '400 Bad Request'],
    ['a bad escape', 'GET /p%zz HTTP/1.1\r\nHost: a\r\n\r\n', '400 Bad Request'],
    ['a relative target', 'GET p HTTP/1.1\r\nHost: a\r\n\r\n', '400 Bad Request'],
    [
      'an unknown version',
      'GET /page HTTP/3.0\r\nHost: a\r\n\r\n',
      '505 HTTP Version Not Supported: unsupported protocol version',
    ],
    [
      'HTTP/2.0 without its preface',
      'GET /page HTTP/2.0\r\nHost: a\r\n\r\n',
      '505 HTTP Version Not Supported: unsupported protocol version',
    ],
    [
      'HTTP/0.9',
      'GET /page HTTP/0.9\r\nHost: a\r\n\r\n',
      '505 HTTP Version Not Supported: unsupported protocol version',
    ],
    ['a method that HTTP does not define', 'FOO /page HTTP/1.1\r\nHost: a\r\n\r\n', '400 Bad Request'],
    [
      'HTTP/1.2',
      'GET /page HTTP/1.2\r\nHost: a\r\n\r\n',
      '505 HTTP Version Not Supported: unsupported protocol version',
    ],
    ['a strange transfer encoding', `${post}Transfer-Encoding: foo\r\n\r\n`, '501 Not Implemented'],
    ['two lengths', `${post}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, '400 Bad Request'],
    [
      'headers of 1 MiB',
      `GET /page HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(1024 * 1024)}\r\n\r\n`,
      '431 Request Header Fields Too Large',
    ],
  ])('%s: the connection ends with an answer', async (_name, text, status) => {
    const { port } = await listening();
    const answer = await raw(port, text);
    expect(answer).toContain(`HTTP/1.1 ${status}\r\n`);
    expect(answer).toContain('Connection: close');
  });

  test('a header of 64 kB is fine', async () => {
    const { port } = await listening();
    expect((await ask(port, { path: '/page', headers: { x: 'a'.repeat(65_000) } })).status).toBe(200);
  });

  test.each([100, 5_000])(
    '100 requests in a pipeline are answered, and more close the connection: %i',
    async (sent) => {
      const { port } = await listening();
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      let text = '';
      socket.on('data', (bytes) => {
        text += bytes;
      });
      const last = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(sent - 1) + last);
      await new Promise((resolve) => socket.once('close', resolve));
      const answered = text.match(/HTTP\/1\.1 404/g)?.length ?? 0;
      if (sent === 100) expect(answered).toBe(100);
      else expect(answered).toBeLessThan(sent);
    },
  );

  test('an absolute target is served', async () => {
    const { port } = await listening();
    expect(await raw(port, 'GET http://a/page HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1.1 200 OK/);
  });

  test('OPTIONS * is answered', async () => {
    const { port } = await listening();
    expect(await raw(port, 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1.1 200 OK\r\nContent-Length: 0/);
  });

  test('an unknown expectation returns 417, and 100-continue is supported', async () => {
    const { port } = await listening();
    const post = (expect: string) =>
      `POST /page HTTP/1.1\r\nHost: a\r\nExpect: ${expect}\r\nContent-Length: 1\r\n\r\nx`;
    expect(await raw(port, post('foo'))).toMatch(/^HTTP\/1.1 417 Expectation Failed/);
    expect(await raw(port, post('100-continue'))).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/);
  });

  test('refuses an unsupported encoding for every path', async () => {
    const { port } = await listening();
    const { status, body } = await ask(port, { path: '/nope', headers: { 'content-encoding': 'br' } });
    expect([status, String(body)]).toStrictEqual([400, 'unsupported Content-Encoding: br\n']);
  });

  test('compression_algorithms without "" refuses what is not encoded, an empty list refuses nothing', async () => {
    const only = await listening({ compression_algorithms: ['gzip'] });
    expect(String((await ask(only.port, { path: '/page' })).body)).toBe('unsupported Content-Encoding: \n');
    const none = await listening({ compression_algorithms: [] });
    expect((await ask(none.port, { path: '/page', headers: { 'content-encoding': 'br' } })).status).toBe(200);
  });

  test('a handler that throws returns 500, and the server continues', async () => {
    const { server } = open();
    server.app.get('/bad', () => {
      throw new Error('boom');
    });
    const port = Number((await server.listen()).split(':').at(-1));
    expect((await ask(port, { path: '/bad' })).status).toBe(500);
    expect((await ask(port, { path: '/page' })).status).toBe(200);
  });
});

describe('headers', () => {
  test('a kept connection is not mentioned, a closed one is', async () => {
    const agent = new Agent({ keepAlive: true });
    const { port } = await listening();
    expect((await ask(port, { path: '/page', agent })).headers.connection).toBeUndefined();
    expect((await ask(port, { path: '/page', agent })).headers).not.toHaveProperty('keep-alive');
    agent.destroy();
    expect((await ask(port, { path: '/page' })).headers.connection).toBe('close');
  });

  test.each([{ keep_alives_enabled: false }, { keepalive: { enabled: false } }])(
    '%j closes the connection after each response',
    async (settings) => {
      const { port } = await listening(settings);
      expect(await raw(port, 'GET /page HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/Connection: close/);
    },
  );

  test('response_headers are on every response, as a map or as a list', async () => {
    const { port } = await listening({ response_headers: { 'X-A': 'b' } });
    for (const path of ['/page', '/nope', '//page']) expect((await ask(port, { path })).headers['x-a']).toBe('b');
    const list = await listening({ response_headers: [{ name: 'X-A', value: 'c' }] });
    expect((await ask(list.port, { path: '/page' })).headers['x-a']).toBe('c');
  });

  test('no Server header, but a Date', async () => {
    const { port } = await listening();
    const { headers } = await ask(port, { path: '/page' });
    expect(headers).not.toHaveProperty('server');
    expect(headers.date).toMatch(/GMT$/);
  });
});

describe('authentication', () => {
  const authenticator = {
    start: async () => {},
    shutdown: async () => {},
    authenticate: async (headers: ReadonlyMap<string, readonly string[]>) => {
      if (headers.get('authorization')?.[0] !== 'letmein') throw new Error('go away');
      return new Map();
    },
  };

  test('the authenticator decides; its words are the answer', async () => {
    const { port } = await listening({ auth: { authenticator: 'door' } }, { door: authenticator });
    const refused = await ask(port, { path: '/nope' });
    expect([refused.status, String(refused.body)]).toStrictEqual([401, 'go away\n']);
    expect((await ask(port, { path: '/page', headers: { authorization: 'letmein' } })).status).toBe(200);
  });

  test('a query parameter can replace a header', async () => {
    const auth = { authenticator: 'door', request_params: ['Authorization'] };
    const { port } = await listening({ auth }, { door: authenticator });
    expect((await ask(port, { path: '/page?Authorization=letmein' })).status).toBe(200);
    expect((await ask(port, { path: '/page?Other=letmein' })).status).toBe(401);
  });

  test('an unknown extension or one of another kind is an error at start', () => {
    expect(() => open({ auth: { authenticator: 'door' } })).toThrow(
      'failed to resolve authenticator "door": authenticator not found',
    );
    const other = { start: async () => {}, shutdown: async () => {} };
    expect(() => open({ auth: { authenticator: 'door' } }, { door: other })).toThrow(
      'requested authenticator is not a server authenticator',
    );
  });
});

describe('listening', () => {
  test.each([
    ['127.0.0.1:0', /^127\.0\.0\.1:\d+$/],
    ['localhost:0', /^127\.0\.0\.1:\d+$/],
    [':0', /^\[::\]:\d+$/],
    ['0.0.0.0:0', /^\[::\]:\d+$/],
    ['[::1]:0', /^\[::1\]:\d+$/],
    ['::1:0', /^\[::1\]:\d+$/],
  ])('%s listens on %s', async (endpoint, expected) => {
    const { address } = await listening({ endpoint });
    expect(address).toMatch(expected);
  });

  test('a unix socket', async () => {
    const endpoint = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'socket');
    const { address } = await listening({ endpoint, transport: 'unix' });
    expect(address).toBe(endpoint);
    const answer = await new Promise<number | undefined>((resolve) => {
      httpRequest({ socketPath: endpoint, path: '/page' }, (response) => resolve(response.statusCode)).end();
    });
    expect(answer).toBe(200);
  });

  test.each([
    ['localhost', 'listen tcp: address localhost: missing port in address'],
    ['', 'listen tcp: missing address'],
    ['127.0.0.1:99999', 'listen tcp: address 99999: invalid port'],
    ['127.0.0.1:otlp', 'listen tcp: lookup tcp/otlp: unknown port'],
    ['192.0.2.1:4318', 'listen tcp 192.0.2.1:4318: bind: cannot assign requested address'],
  ])('%j is refused: %s', async (endpoint, message) => {
    await expect(listening({ endpoint })).rejects.toThrow(message);
  });

  test('a busy port is named', async () => {
    const { address } = await listening();
    await expect(listening({ endpoint: address })).rejects.toThrow(
      `listen tcp ${address}: bind: address already in use`,
    );
  });
});

describe('time and number', () => {
  test('closes a connection without a response if its headers do not arrive in time, and serves others', async () => {
    const { port } = await listening({ read_header_timeout: '100ms' });
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /page HTTP/1.1\r\nHost:');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    expect((await ask(port, { path: '/page' })).status).toBe(200);
    await once(socket, 'close');
    expect(chunks).toHaveLength(0);
  });

  test('a response that is not written in time is cut', async () => {
    const { server } = open({ write_timeout: '50ms' });
    server.app.get('/slow', () => new Promise(() => {}));
    const port = Number((await server.listen()).split(':').at(-1));
    await expect(ask(port, { path: '/slow' })).rejects.toThrow(/hang up|reset/);
  });

  test.each([{ idle_timeout: '50ms' }, { keepalive: { idle_timeout: '50ms' } }])(
    '%j closes an idle connection',
    async (settings) => {
      const { port } = await listening(settings);
      const socket = connect(port, '127.0.0.1');
      socket.write('GET /page HTTP/1.1\r\nHost: a\r\n\r\n');
      socket.resume();
      await once(socket, 'close');
    },
  );

  test('at max_connections the connection that was silent longest makes room', async () => {
    const { port, settings } = await listening({ max_connections: 2 });
    const [silent, active] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all([once(silent, 'connect'), once(active, 'connect')]);
    const ended = once(silent, 'close');
    active.write('GET /page HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(active, 'data');
    expect((await ask(port, { path: '/page' })).status).toBe(200);
    await ended;
    active.write('GET /page HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(String(await once(active, 'data'))).toMatch(/200 OK/);
    expect(settings.measured('pitot_http_connections_evicted_total', { listener: 'test' })).toBe(1);
    active.destroy();
  });
});

describe('closing', () => {
  test('a running request is answered, then its connection and those without a request are closed', async () => {
    const { server } = open();
    let finish = () => {};
    const reached = new Promise<void>((resolve) => {
      server.app.get('/slow', (_request, reply) => {
        finish = () => reply.send('done');
        resolve();
        return reply;
      });
    });
    const port = Number((await server.listen()).split(':').at(-1));
    const unused = connect(port, '127.0.0.1');
    await once(unused, 'connect');
    const answer = ask(port, { path: '/slow', agent: new Agent({ keepAlive: true }) });
    await reached;
    const closed = server.close(AbortSignal.timeout(5000));
    const again = server.close(AbortSignal.timeout(5000));
    await once(unused, 'close');
    finish();
    expect(String((await answer).body)).toBe('done');
    await Promise.all([closed, again]);
    await expect(ask(port, { path: '/page' })).rejects.toThrow(/ECONNREFUSED/);
  });

  test('the deadline cuts what is left', async () => {
    const { server } = open();
    const reached = new Promise<void>((resolve) => {
      server.app.get('/slow', () => {
        resolve();
        return new Promise(() => {});
      });
    });
    const port = Number((await server.listen()).split(':').at(-1));
    const answer = expect(ask(port, { path: '/slow' })).rejects.toThrow(/hang up|reset/);
    await reached;
    await server.close(AbortSignal.timeout(100));
    await answer;
  });

  test('before listening it is nothing', async () => {
    const { server } = open();
    await server.close(AbortSignal.timeout(100));
  });
});
