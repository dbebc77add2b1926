import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { get } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { config as group, parseConfig, validateConfig } from '#config/schema.ts';
import { makeCertificate } from '../../test/support/certificates.ts';
import { testSettings } from '../../test/support/component-settings.ts';
import { type HttpServer, openHttpServer } from './http-server.ts';
import { httpServerShape } from './server-config.ts';

const authority = makeCertificate('authority');
const server = makeCertificate('server', authority);
const client = makeCertificate('client', authority);
const stranger = makeCertificate('stranger');

const running: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((open) => open.close(AbortSignal.timeout(1000))));
});

const schema = group('test', httpServerShape({ endpoint: '127.0.0.1:0' }));

async function listening(tls: object, more: object = {}) {
  const parsed = parseConfig(schema, { tls, ...more });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('test');
  const host = { extension: () => undefined, fatal: () => {} };
  const open = openHttpServer({ config: parsed.value, host, name: 'test', ...settings });
  running.push(open);
  open.app.get('/page', (_request, reply) => {
    reply.send('page');
  });
  const port = Number((await open.listen()).split(':').at(-1));
  return { port, settings, open };
}

/** Puts texts into files of a new folder. */
function files<Name extends string>(texts: Record<Name, string>): Record<Name, string> {
  const folder = mkdtempSync(join(tmpdir(), 'pitot-'));
  const paths = Object.entries<string>(texts).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return [name, join(folder, name)];
  });
  return Object.fromEntries(paths);
}

const pems = { cert_pem: server.cert, key_pem: server.key };

function page(port: number, options: object = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/page', ca: authority.cert, agent: false, ...options }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}

/** The certificate's name that a server shows; rejects when the handshake or the connection fails. */
async function shownName(port: number, options: ConnectionOptions = {}): Promise<string> {
  const socket: TLSSocket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  const name = String(socket.getPeerCertificate().subject.CN);
  socket.destroy();
  return name;
}

describe('a listener with TLS', () => {
  test('serves HTTP/1.1', async () => {
    const { port } = await listening(pems);
    expect(await page(port)).toBe(200);
  });

  test('serves HTTP/2 to clients that request it, and waits for a running request', async () => {
    const { port, open } = await listening(pems);
    const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: authority.cert });
    const stream = session.request({ ':path': '/page' });
    const [headers] = await once(stream, 'response');
    expect(headers[':status']).toBe(200);
    stream.resume();
    await once(stream, 'end');
    const closed = once(session, 'close');
    await open.close(AbortSignal.timeout(1000));
    await closed;
  });

  test('closes an HTTP/2 connection that was idle for idle_timeout', async () => {
    const { port } = await listening(pems, { idle_timeout: '50ms' });
    const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: authority.cert });
    await once(session, 'close');
  });

  test('from files', async () => {
    const paths = files({ cert: server.cert, key: server.key });
    const { port } = await listening({ cert_file: paths.cert, key_file: paths.key });
    expect(await page(port)).toBe(200);
  });

  test('requires a certificate of client_ca_file', async () => {
    const { ca } = files({ ca: authority.cert });
    const { port } = await listening({ ...pems, client_ca_file: ca });
    expect(await page(port, { cert: client.cert, key: client.key })).toBe(200);
    await expect(page(port)).rejects.toThrow();
    await expect(page(port, { cert: stranger.cert, key: stranger.key })).rejects.toThrow();
  });

  test('keeps to min_version and max_version', async () => {
    const { port } = await listening({ ...pems, max_version: '1.2' });
    await expect(shownName(port, { minVersion: 'TLSv1.3' })).rejects.toThrow(/protocol version/);
    expect(await shownName(port, { maxVersion: 'TLSv1.2' })).toBe('server');
    const newest = await listening({ ...pems, min_version: '1.3' });
    await expect(shownName(newest.port, { maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/);
  });

  test('keeps to cipher_suites', async () => {
    const { port } = await listening({ ...pems, cipher_suites: ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'] });
    const weak = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-SHA' } as const;
    await expect(shownName(port, weak)).rejects.toThrow(/handshake failure/);
    await expect(listening({ ...pems, cipher_suites: ['TLS_NONE'] })).rejects.toThrow(
      'failed to load TLS config: invalid TLS cipher suite: "TLS_NONE"',
    );
  });

  test('a plain request on a TLS port is logged and harms nobody', async () => {
    const { port, settings } = await listening(pems);
    const socket = connectPlain(port, '127.0.0.1');
    socket.write('GET /page HTTP/1.1\r\nHost: a\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    expect(await page(port)).toBe(200);
    expect(settings.logged.join('\n')).toMatch(/error http: TLS handshake error from 127\.0\.0\.1:\d+: /);
  });
});

describe('reloading', () => {
  test('a certificate is read again after reload_interval; while it is bad, handshakes fail', async () => {
    const paths = files({ cert: server.cert, key: server.key });
    const { port, settings } = await listening({ cert_file: paths.cert, key_file: paths.key, reload_interval: '1ns' });
    const renewed = makeCertificate('renewed', authority);
    writeFileSync(paths.cert, 'nonsense');
    await expect(shownName(port)).rejects.toThrow();
    expect(settings.logged.at(-1)).toMatch(/TLS handshake error from .*: failed to load TLS cert and key: /);
    writeFileSync(paths.cert, renewed.cert);
    writeFileSync(paths.key, renewed.key);
    expect(await shownName(port)).toBe('renewed');
  });

  test('without reload_interval it is never read again', async () => {
    const paths = files({ cert: server.cert, key: server.key });
    const { port } = await listening({ cert_file: paths.cert, key_file: paths.key });
    writeFileSync(paths.cert, 'nonsense');
    expect(await shownName(port)).toBe('server');
  });

  test('client_ca_file is read again when it changes and client_ca_file_reload is set', async () => {
    const { ca } = files({ ca: authority.cert });
    const { port } = await listening({ ...pems, client_ca_file: ca, client_ca_file_reload: true });
    writeFileSync(ca, `${stranger.cert}\n`);
    expect(await page(port, { cert: stranger.cert, key: stranger.key })).toBe(200);
    await expect(page(port, { cert: client.cert, key: client.key })).rejects.toThrow();
  });
});

describe('mistakes', () => {
  const problems = (tls: object) => {
    const parsed = parseConfig(schema, { tls });
    return parsed.ok ? validateConfig(schema, parsed.value).map(({ message }) => message) : [parsed.failure.message];
  };
  test.each([
    [{}, ['TLS configuration must include both certificate and key for server connections']],
    [
      { cert_pem: 'x' },
      ['config: TLS configuration must include both certificate and key (CertFile/CertPem and KeyFile/KeyPem)'],
    ],
    [{ ...pems, cert_file: 'x' }, ['config: provide either certificate file or PEM, but not both']],
    [{ ...pems, key_file: 'x' }, ['config: provide either key file or PEM, but not both']],
    [
      { ...pems, ca_file: 'x', ca_pem: 'y' },
      ['config: provide either a CA file or the PEM-encoded string, but not both'],
    ],
    [{ ...pems, min_version: '1.4' }, ['config: invalid TLS min_version: unsupported TLS version: "1.4"']],
    [{ ...pems, max_version: '2' }, ['config: invalid TLS max_version: unsupported TLS version: "2"']],
    [
      { ...pems, min_version: '1.3', max_version: '1.2' },
      ['config: invalid TLS configuration: min_version cannot be greater than max_version'],
    ],
    [{ ...pems, max_version: '1.3' }, []],
  ])('case %#', (tls, expected) => {
    expect(problems(tls)).toStrictEqual(expected);
  });

  test('files that are missing or no certificates are errors at start', async () => {
    await expect(listening({ cert_file: '/nope', key_file: '/nope' })).rejects.toThrow(
      'failed to load TLS config: failed to load TLS cert and key: open /nope: no such file or directory',
    );
    await expect(listening({ cert_pem: 'x', key_pem: 'y' })).rejects.toThrow(
      'failed to load TLS config: failed to load TLS cert and key: failed to load TLS cert and key PEMs: ',
    );
    await expect(listening({ ...pems, client_ca_file: '/nope' })).rejects.toThrow(
      'failed to load client CA CertPool: failed to load CA /nope: open /nope: no such file or directory',
    );
    const { ca } = files({ ca: 'nonsense' });
    await expect(listening({ ...pems, client_ca_file: ca })).rejects.toThrow(`failed to parse CA ${ca}`);
    await expect(listening({ ...pems, tpm: { enabled: true } })).rejects.toThrow(/trusted platform module/);
    await expect(listening({ ...pems, curve_preferences: ['P1'] })).rejects.toThrow(/invalid curve type: P1/);
  });
});
