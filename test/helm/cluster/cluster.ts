import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { serveApi } from './api-server.ts';
import { Objects } from './objects.ts';
import { environment, Pods } from './pods.ts';
import { acceptSpdy, type SpdyStream } from './spdy.ts';

const pitot = new URL('../../../src/main.ts', import.meta.url).pathname;

/** A cluster of one node that runs pitot's pods from the sources. */
export interface Cluster {
  readonly objects: Objects;
  readonly pods: Pods;
  /** URL of the API server. */
  readonly url: string;
  stop(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const objects = new Objects();
  const pods = new Pods(objects);
  for (const name of ['default', 'kube-system'])
    objects.put({ kind: 'Namespace', apiVersion: 'v1', metadata: { name } });
  const { server, url } = await serveApi(objects, (request, socket) => upgrade(request, socket, objects, pods));
  const stop = async () => {
    await pods.stopAll();
    server.close();
    server.closeAllConnections();
  };
  return { objects, pods, url, stop };
}

/** The subresources `portforward` and `exec` of pods, over SPDY. Clients that try WebSocket first fall back to it. */
function upgrade(request: IncomingMessage, socket: Duplex, objects: Objects, pods: Pods): void {
  const url = new URL(request.url!, 'http://api');
  const [, namespace, name, subresource] =
    url.pathname.match(/^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/(portforward|exec)$/) ?? [];
  if (subresource === undefined || request.headers.upgrade !== 'SPDY/3.1') {
    socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    return;
  }
  const pod = objects.get('Pod', namespace, name!);
  const offered = String(request.headers['x-stream-protocol-version'] ?? '').split(/, */);
  if (subresource === 'portforward') acceptSpdy(socket, 'portforward.k8s.io', portForward(pods, name!));
  else {
    const protocol = offered.includes('v4.channel.k8s.io') ? 'v4.channel.k8s.io' : offered[0]!;
    acceptSpdy(socket, protocol, exec(pods, pod, url.searchParams));
  }
}

/** As the kubelet: connects to localhost in the network namespace of the pod. */
function portForward(pods: Pods, name: string): (stream: SpdyStream) => void {
  const errors = new Map<string, SpdyStream>();
  const program =
    "const s = require('net').connect(process.argv[1], '127.0.0.1'); s.on('error', (e) => { console.error(e.message); process.exit(1) }); process.stdin.pipe(s).pipe(process.stdout)";
  return (stream) => {
    const { streamtype, port = '', requestid = '' } = stream.headers;
    if (streamtype === 'error') {
      errors.set(requestid, stream);
      return;
    }
    const child = pods.inPod(name, [process.execPath, '-e', program, port]);
    let problem = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      problem += text;
    });
    child.stdin!.on('error', () => {});
    stream.pipe(child.stdin!);
    child.stdout!.pipe(stream);
    child.on('close', () => errors.get(requestid)?.end(problem));
    stream.on('close', () => child.kill());
  };
}

/** Runs a command with the variables of the first container. */
function exec(
  pods: Pods,
  pod: { metadata: { name: string }; spec: { containers: unknown[] } },
  query: URLSearchParams,
) {
  const streams = new Map<string, SpdyStream>();
  const wanted = ['error', ...['stdin', 'stdout', 'stderr'].filter((each) => query.get(each) === 'true')];
  return (stream: SpdyStream): void => {
    streams.set(stream.headers.streamtype ?? '', stream);
    if (!wanted.every((each) => streams.has(each))) return;
    const variables = Object.entries(environment(pod.spec.containers[0] as object, pod));
    const command = ['env', '-i', 'PATH=/usr/bin:/bin', ...variables.map(([name, value]) => `${name}=${value}`)];
    const [program, ...args] = query.getAll('command');
    // The image has this program.
    const found = program === '/pitot' ? [process.execPath, pitot] : [program!];
    const child = pods.inPod(pod.metadata.name, [...command, ...found, ...args]);
    const stdin = streams.get('stdin');
    if (stdin) stdin.pipe(child.stdin!.on('error', () => undefined));
    else child.stdin!.end();
    child.stdout!.on('data', (data) => streams.get('stdout')?.write(data));
    child.stderr!.on('data', (data) => streams.get('stderr')?.write(data));
    child.on('close', (code) => {
      for (const name of ['stdout', 'stderr']) streams.get(name)?.end();
      const causes = [{ reason: 'ExitCode', message: String(code) }];
      const failure = { status: 'Failure', reason: 'NonZeroExitCode', details: { causes } };
      streams.get('error')?.end(JSON.stringify({ metadata: {}, ...(code === 0 ? { status: 'Success' } : failure) }));
    });
  };
}
