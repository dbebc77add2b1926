import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { download } from './download.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** @returns the address of a server that answers so */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a text, also behind redirections', async () => {
  const address = await serve(({ url }, response) => {
    if (url === '/moved') response.writeHead(302, { location: '/config.yaml' }).end('moved');
    else response.end('receivers: {}\n');
  });
  expect(await download(`${address}/config.yaml`)).toBe('receivers: {}\n');
  expect(await download(`${address}/moved`)).toBe('receivers: {}\n');
});

test("reports errors with the Collector's message", async () => {
  const address = await serve(({ url }, response) => {
    if (url === '/loop') response.writeHead(302, { location: '/loop' }).end();
    else if (url === '/cut') response.writeHead(200, { 'content-length': 10 }).end('abc', () => response.destroy());
    else response.writeHead(404).end();
  });
  const f = (uri: string, message: string) => expect(download(uri)).rejects.toThrow(message);
  await f(`${address}/x`, `failed to load resource from uri "${address}/x". status code: 404`);
  await f(
    `${address}/loop`,
    `unable to download the file via HTTP GET for uri "${address}/loop": stopped after 10 redirects`,
  );
  await f(`${address}/cut`, `fail to read the response body from uri "${address}/cut": aborted`);
  await f('http://', 'unable to download the file via HTTP GET for uri "http://": Invalid URL');
  await f('http://127.0.0.1:1/x', 'dial tcp 127.0.0.1:1: connect: connection refused');
});

test('a text has a bound', async () => {
  const address = await serve((_, response) => {
    const chunk = Buffer.alloc(1024 * 1024, 'a');
    const write = () => {
      while (!response.destroyed && response.write(chunk));
      if (!response.destroyed) response.once('drain', write);
    };
    write();
  });
  await expect(download(address)).rejects.toThrow('it is larger than 16777216 bytes');
});
