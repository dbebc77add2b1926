import { request } from 'node:http';
import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import type { AttributeCollector } from '../detector.ts';
import { osTypeOf } from './os-names.ts';

/** Maximum size of a response of the Docker engine, bytes. */
const bodyLimit = 4 << 20;

/**
 * The Docker engine's host, from its API: the socket of DOCKER_HOST, by default `/var/run/docker.sock`.
 * @throws Error if the engine is unreachable
 */
export async function detectDocker(
  found: AttributeCollector,
  isEnabled: (key: string) => boolean,
  deadline: AbortSignal,
): Promise<void> {
  if (isEnabled('os.type') || isEnabled('host.name')) {
    const { OSType: type = '', Name: name = '' } = await get('/info', deadline);
    found.set('os.type', osTypeOf(String(type)));
    found.set('host.name', String(name));
  }
  if (isEnabled('container.name') || isEnabled('container.image.name')) {
    const { Name: name = '', Image: image = '' } = await get(`/containers/${hostname()}/json`, deadline);
    found.set('container.name', String(name));
    found.set('container.image.name', String(image));
  }
}

async function get(path: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    request({ ...engineAddress(), path, signal, headers: { Host: 'docker' } }, resolve)
      .on('error', reject)
      .end();
  });
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > bodyLimit)
      response.destroy(new Error(`the response of the Docker engine has more than ${bodyLimit} bytes`));
  });
  const body = await text(response);
  if (response.statusCode !== 200) throw new Error(`the Docker engine answered ${response.statusCode} to ${path}`);
  const value: unknown = JSON.parse(body);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function engineAddress(): { socketPath: string } | { host: string; port: number } {
  const { DOCKER_HOST: address } = process.env;
  if (!address) return { socketPath: process.platform === 'win32' ? '//./pipe/docker_engine' : '/var/run/docker.sock' };
  const url = new URL(address);
  if (url.protocol === 'unix:' || url.protocol === 'npipe:')
    return { socketPath: address.slice(url.protocol.length + 2) };
  return { host: url.hostname, port: Number(url.port || 2375) };
}
