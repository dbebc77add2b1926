/**
 * An API server with what Helm and kubectl need: discovery, reading, writing, server-side apply by one manager, watches, and the
 * subresources `portforward` and `exec` of pods. It refuses what schemas allow and a real API server does not (api-server-rules.ts).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { violations } from '../api-server-rules.ts';
import { type KubernetesObject, type Objects, type Resource, resources } from './objects.ts';
import { decodeSecret } from './protobuf-secret.ts';

/** An answer other than success. */
class Refusal extends Error {
  readonly code: number;
  readonly reason: string;

  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

interface Target {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly query: URLSearchParams;
}

/** Serves the objects on a port of localhost. `upgrade` takes over connections for subresources of pods. */
export async function serveApi(
  objects: Objects,
  upgrade: (request: IncomingMessage, socket: import('node:stream').Duplex) => void,
): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((request, response) => {
    answer(objects, request, response).catch((error: Error) => {
      const { code, reason } = error instanceof Refusal ? error : { code: 500, reason: 'InternalError' };
      send(response, code, {
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        message: error.message,
        reason,
        code,
      });
    });
  });
  server.on('upgrade', upgrade);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { server, url: `http://127.0.0.1:${(server.address() as { port: number }).port}` };
}

async function answer(objects: Objects, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url!, 'http://api');
  const discovered = discovery(url.pathname);
  if (discovered) return send(response, 200, discovered);
  const target = targetOf(url);
  const { resource, namespace, name, query } = target;
  if (query.get('watch') === 'true') return watch(objects, target, response);
  const existing = name === undefined ? undefined : objects.get(resource.kind, namespace, name);
  switch (request.method) {
    case 'GET':
      if (name === undefined) return send(response, 200, list(objects, target));
      return send(response, 200, existing ?? notFound(target));
    case 'POST':
      return send(response, 201, create(objects, target, await read(request)));
    case 'PUT':
      return send(response, 200, update(objects, existing ?? notFound(target), await read(request)));
    case 'PATCH': {
      if (!/apply-patch/.test(request.headers['content-type'] ?? ''))
        throw new Refusal(415, 'UnsupportedMediaType', 'only server-side apply is supported');
      const applied = await read(request);
      return send(
        response,
        existing ? 200 : 201,
        existing ? update(objects, existing, applied) : create(objects, target, applied),
      );
    }
    case 'DELETE':
      objects.delete(existing ?? notFound(target));
      return send(response, 200, { kind: 'Status', apiVersion: 'v1', status: 'Success' });
    default:
      throw new Refusal(405, 'MethodNotAllowed', `${request.method}`);
  }
}

async function read(request: IncomingMessage): Promise<KubernetesObject> {
  const body = await buffer(request);
  return /protobuf/.test(request.headers['content-type'] ?? '') ? decodeSecret(body) : parse(body.toString());
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function notFound({ resource, name }: Target): never {
  throw new Refusal(404, 'NotFound', `${resource.name} "${name}" not found`);
}

function create(objects: Objects, { resource, namespace, name }: Target, body: KubernetesObject): KubernetesObject {
  const { kind, groupVersion: apiVersion } = resource;
  const metadata = { ...body.metadata, name: body.metadata.name ?? name, ...(namespace && { namespace }) };
  const object = { ...body, kind, apiVersion, metadata };
  if (objects.get(kind, namespace, metadata.name))
    throw new Refusal(409, 'AlreadyExists', `${resource.name} "${metadata.name}" already exists`);
  if (namespace && !objects.get('Namespace', undefined, namespace))
    throw new Refusal(404, 'NotFound', `namespaces "${namespace}" not found`);
  refuseInvalid(object, objects);
  return objects.put(object);
}

function update(objects: Objects, before: KubernetesObject, body: KubernetesObject): KubernetesObject {
  const { kind, apiVersion, status } = before;
  const { name, namespace } = before.metadata;
  const metadata = { ...before.metadata, ...body.metadata, name, ...(namespace && { namespace }) };
  const object = { ...body, kind, apiVersion, status, metadata };
  refuseInvalid(object, objects);
  const fixed = immutable(before);
  for (const [field, value] of Object.entries(immutable(object)))
    if (!isDeepStrictEqual(value, fixed[field]))
      throw new Refusal(
        422,
        'Invalid',
        `${before.kind} "${before.metadata.name}" is invalid: ${field}: field is immutable`,
      );
  return objects.put(object);
}

/** The fields of an object that cannot change. */
function immutable({ kind, spec }: KubernetesObject): Record<string, unknown> {
  if (kind === 'Deployment' || kind === 'DaemonSet') return { 'spec.selector': spec.selector };
  if (kind !== 'StatefulSet') return {};
  const { selector, serviceName, podManagementPolicy, volumeClaimTemplates } = spec;
  return { 'spec.selector': selector, 'spec.serviceName': serviceName, podManagementPolicy, volumeClaimTemplates };
}

/** The rules are for whole charts: a StatefulSet's Service is created before it, and a monitor's Service, too. */
function refuseInvalid(object: KubernetesObject, objects: Objects): void {
  const others = ['Service', 'Deployment', 'StatefulSet', 'DaemonSet']
    .flatMap((kind) => objects.list(kind, object.metadata.namespace))
    .filter(({ kind, metadata }) => kind !== object.kind || metadata.name !== object.metadata.name);
  const known = new Set(violations(others));
  const found = violations([...others, object]).filter((violation) => !known.has(violation));
  if (found.length > 0) throw new Refusal(422, 'Invalid', found.join('; '));
}

function list(objects: Objects, { resource, namespace, query }: Target): KubernetesObject {
  const items = objects.list(resource.kind, namespace).filter((object) => selected(object, query));
  const metadata = { resourceVersion: objects.version };
  return { kind: `${resource.kind}List`, apiVersion: resource.groupVersion, metadata, items };
}

function watch(objects: Objects, { resource, namespace, query }: Target, response: ServerResponse): void {
  if (query.has('sendInitialEvents')) throw new Refusal(422, 'Invalid', 'sendInitialEvents is forbidden');
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
  const after = Number(query.get('resourceVersion') ?? 0);
  const tell = (type: string, object: KubernetesObject) => {
    if (object.kind !== resource.kind || (namespace && object.metadata.namespace !== namespace)) return;
    if (selected(object, query)) response.write(`${JSON.stringify({ type, object })}\n`);
  };
  for (const object of objects.list(resource.kind, namespace))
    if (Number(object.metadata.resourceVersion) > after) tell('ADDED', object);
  const end = objects.watch(({ type, object }) => tell(type, object));
  response.on('close', end);
}

/** Whether an object has the labels and the name that a request asks for. */
function selected({ metadata }: KubernetesObject, query: URLSearchParams): boolean {
  const terms = (key: string) => (query.get(key) ?? '').split(',').filter((term) => term !== '');
  const labels = terms('labelSelector').every((term) => {
    const [, key, not, value] = term.match(/^([^!=]+?)(!?)==?(.*)$/) ?? [];
    if (key === undefined) throw new Refusal(400, 'BadRequest', `the selector ${term} is not supported`);
    return (metadata.labels?.[key] === value) === (not === '');
  });
  return labels && terms('fieldSelector').every((term) => term === `metadata.name=${metadata.name}`);
}

function targetOf({ pathname, searchParams }: URL): Target {
  const pattern = /^\/(?:api|apis)\/((?:[\w.-]+\/)?v\d\w*)(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?$/;
  const spaces = /^\/api\/(v1)()\/(namespaces)\/([^/]+)$/;
  const [, groupVersion, namespace, plural, name] = pathname.match(spaces) ?? pathname.match(pattern) ?? [];
  const resource = resources.find((each) => each.groupVersion === groupVersion && each.name === plural);
  if (!resource) throw new Refusal(404, 'NotFound', `the server could not find the requested resource ${pathname}`);
  return { resource, namespace: namespace || undefined, name, query: searchParams };
}

/** The pages with which clients find out what the server has. */
function discovery(path: string): unknown {
  const groupVersions = [...new Set(resources.map(({ groupVersion }) => groupVersion))];
  const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
  if (path === '/version') return { major: '1', minor: '33', gitVersion: 'v1.33.0' };
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') {
    const groups = groupVersions.slice(1).map((groupVersion) => {
      const [name, version] = groupVersion.split('/');
      return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
    });
    return { kind: 'APIGroupList', apiVersion: 'v1', groups };
  }
  if (path === '/openapi/v3')
    return {
      paths: Object.fromEntries(
        groupVersions.map((each) => [rootOf(each), { serverRelativeURL: `/openapi/v3/${rootOf(each)}` }]),
      ),
    };
  const groupVersion = groupVersions.find((each) => [`/${rootOf(each)}`, `/openapi/v3/${rootOf(each)}`].includes(path));
  if (groupVersion === undefined) return undefined;
  const own = resources.filter((each) => each.groupVersion === groupVersion);
  if (path.startsWith('/openapi')) return openApi(groupVersion, own);
  const listed = own.map(({ name, kind, namespaced, shortNames }) => ({
    name,
    kind,
    namespaced,
    verbs,
    shortNames,
    singularName: '',
  }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: listed };
}

function rootOf(groupVersion: string): string {
  return `${groupVersion.includes('/') ? 'apis' : 'api'}/${groupVersion}`;
}

/** Says that the server validates fields itself, so that clients leave it to the server. */
function openApi(groupVersion: string, own: readonly Resource[]): unknown {
  const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
  const paths = own.map(({ name, kind }) => [
    `/${rootOf(groupVersion)}/namespaces/{namespace}/${name}/{name}`,
    {
      patch: {
        'x-kubernetes-group-version-kind': { group, version, kind },
        parameters: [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }],
        responses: {},
      },
    },
  ]);
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.33.0' }, paths: Object.fromEntries(paths) };
}
