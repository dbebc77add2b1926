import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from './certificates.ts';

interface Stored {
  readonly metadata: { readonly uid: string; readonly name: string; resourceVersion?: string };
}

interface Watch {
  readonly resource: string;
  readonly response: ServerResponse;
}

/** A Kubernetes API server that lists and watches, with the failures of a real one. */
export class KubernetesApi {
  readonly #server: Server;
  readonly #objects = new Map<string, Map<string, Stored>>();
  readonly #watches = new Set<Watch>();
  /** Events in the order of their versions, which a watch with an older version receives. */
  readonly #events: { readonly version: number; readonly resource: string; readonly line: string }[] = [];
  #version = 1;
  /** Paths with queries of all requests. */
  readonly requests: URL[] = [];
  /** Value of the header Authorization of the latest request. */
  authorization: string | undefined;
  /** Resources to which requests are answered with 403. */
  readonly forbidden = new Set<string>();
  /** Whether watches are answered with 410, as HTTP status or as an event, until the next list. */
  gone: 'status' | 'event' | undefined;
  /** Whether requests are received and not answered. */
  isSilent = false;

  /** Serves HTTPS with a certificate, otherwise HTTP. */
  constructor(certificate?: Certificate) {
    const onRequest = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response);
    this.#server = certificate ? createSecureServer(certificate, onRequest) : createServer(onRequest);
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** Returns the path of a kubeconfig for this server. `authority`: in PEM format, for HTTPS. */
  kubeConfig(authority?: string): string {
    const file = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'config');
    const { port } = this.#server.address() as AddressInfo;
    const cluster = authority
      ? {
          server: `https://127.0.0.1:${port}`,
          'certificate-authority-data': Buffer.from(authority).toString('base64'),
        }
      : { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
    const config = {
      'current-context': 'test',
      clusters: [{ name: 'test', cluster }],
      users: [{ name: 'test', user: { token: 'secret' } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    };
    writeFileSync(file, JSON.stringify(config));
    return file;
  }

  /** Number of open watches of a resource. */
  watches(resource: string): number {
    return [...this.#watches].filter((watch) => watch.resource === resource).length;
  }

  /** Number of lists of a resource that began. */
  lists(resource: string): number {
    return this.requests.filter(
      ({ pathname, searchParams }) =>
        pathname.endsWith(`/${resource}`) && !searchParams.has('watch') && !searchParams.has('continue'),
    ).length;
  }

  /** Creates or changes an object, and reports it to the watches. */
  put(resource: string, object: Stored): void {
    const objects = this.#of(resource);
    const type = objects.has(object.metadata.uid) ? 'MODIFIED' : 'ADDED';
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: `${++this.#version}` } };
    objects.set(object.metadata.uid, stored);
    this.#send(resource, { type, object: stored });
  }

  remove(resource: string, uid: string): void {
    const object = this.#of(resource).get(uid)!;
    this.removeUnseen(resource, uid);
    const metadata = { ...object.metadata, resourceVersion: `${this.#version}` };
    this.#send(resource, { type: 'DELETED', object: { ...object, metadata } });
  }

  /** Removes an object, and no watch reports it. */
  removeUnseen(resource: string, uid: string): void {
    this.#of(resource).delete(uid);
    this.#version++;
  }

  /** Cuts all watches off. */
  disconnect(): void {
    for (const { response } of this.#watches) response.destroy();
  }

  /** Sends bytes that are not an event to the watches of a resource. */
  sendRaw(resource: string, bytes: string): void {
    for (const watch of this.#watches) if (watch.resource === resource) watch.response.write(bytes);
  }

  #of(resource: string): Map<string, Stored> {
    const known = this.#objects.get(resource) ?? new Map();
    this.#objects.set(resource, known);
    return known;
  }

  #send(resource: string, event: object): void {
    const line = `${JSON.stringify(event)}\n`;
    this.#events.push({ version: this.#version, resource, line });
    this.sendRaw(resource, line);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url!, 'http://server');
    this.requests.push(url);
    this.authorization = request.headers.authorization;
    if (this.isSilent) return;
    const resource = url.pathname.split('/').at(-1)!;
    if (this.forbidden.has(resource)) {
      answer(response, 403, {
        kind: 'Status',
        code: 403,
        message: `${resource} is forbidden: User "test" cannot list`,
      });
    } else if (url.searchParams.has('watch'))
      this.#watch(resource, Number(url.searchParams.get('resourceVersion')), response);
    else this.#list(resource, url, response);
  }

  #watch(resource: string, from: number, response: ServerResponse): void {
    const status = { kind: 'Status', code: 410, message: 'too old resource version: 1 (2)' };
    if (this.gone === 'status') {
      answer(response, 410, status);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    if (this.gone === 'event') {
      response.end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
      return;
    }
    response.flushHeaders();
    const watch = { resource, response };
    this.#watches.add(watch);
    for (const event of this.#events) {
      if (event.resource === resource && event.version > from) response.write(event.line);
    }
    response.on('close', () => this.#watches.delete(watch));
  }

  #list(resource: string, { searchParams }: URL, response: ServerResponse): void {
    this.gone = undefined;
    const from = Number(searchParams.get('continue') ?? 0);
    const limit = Number(searchParams.get('limit') ?? 500);
    const all = [...this.#of(resource).values()];
    const more = from + limit < all.length ? { continue: `${from + limit}` } : {};
    const metadata = { resourceVersion: `${this.#version}`, ...more };
    answer(response, 200, { kind: 'List', metadata, items: all.slice(from, from + limit) });
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
