import { expect, test } from 'vitest';
import { bindError, resolveListenAddress } from './listen-address.ts';

test('endpoints, and how they are written in messages', async () => {
  const f = async (endpoint: string, host: string, text: string, transport = 'tcp') => {
    const address = await resolveListenAddress(endpoint, transport);
    expect([address.options.host, address.text]).toEqual([host, text]);
  };
  await f('127.0.0.1:4318', '127.0.0.1', '127.0.0.1:4318');
  await f(':4318', '::', ':4318');
  await f('0.0.0.0:4318', '::', '0.0.0.0:4318');
  await f('0.0.0.0:4318', '0.0.0.0', '0.0.0.0:4318', 'tcp4');
  await f('[::]:4318', '::', '[::]:4318');
  await f('[::1]:4318', '::1', '[::1]:4318');
  // Not in the collector: the chart writes a pod's IPv6 address without brackets.
  await f('fd00::1:4318', 'fd00::1', '[fd00::1]:4318');
  await f('localhost:0', '127.0.0.1', '127.0.0.1:0');
});

test('a path for unix', async () => {
  expect(await resolveListenAddress('/run/pitot.sock', 'unix')).toEqual({
    options: { path: '/run/pitot.sock' },
    text: '/run/pitot.sock',
  });
});

test('what is no address', async () => {
  const f = (endpoint: string, message: string, transport = 'tcp') =>
    expect(resolveListenAddress(endpoint, transport)).rejects.toThrow(message);
  await f('', 'listen tcp: missing address');
  await f('localhost', 'listen tcp: address localhost: missing port in address');
  await f('[::1]', 'listen tcp: address [::1]: missing port in address');
  await f('a:http', 'listen tcp: lookup tcp/http: unknown port');
  await f('a:70000', 'listen tcp: address 70000: invalid port');
  await f('127.0.0.1:1', 'listen udp: cannot accept HTTP connections', 'udp');
  await f('no.such.host.invalid:1', 'listen tcp: lookup no.such.host.invalid: no such host');
});

test('why a port can’t be had', () => {
  const address = { options: {}, text: '127.0.0.1:80' };
  const f = (code: string, want: string) =>
    expect(bindError(Object.assign(new Error('x'), { code }), address, 'tcp').message).toBe(
      `listen tcp 127.0.0.1:80: bind: ${want}`,
    );
  f('EADDRINUSE', 'address already in use');
  f('EACCES', 'permission denied');
  f('EADDRNOTAVAIL', 'cannot assign requested address');
  f('EWHATEVER', 'x');
});
