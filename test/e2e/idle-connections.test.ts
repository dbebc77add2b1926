import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { ask, postMetrics } from '../support/http.ts';
import { encodeMetrics } from '../support/otlp.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';

const running: { stop(): unknown }[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.stop();
});

/** Opens connections that send nothing, and prints their number when all are open. Closed ones are counted on request. */
const client = `
  const net = require('node:net');
  const [port, count] = process.argv.slice(1).map(Number);
  let open = 0, began = 0, closed = 0;
  const next = () => {
    if (began >= count) return;
    began += 1;
    const socket = net.connect(port, '127.0.0.1', () => {
      open += 1;
      if (open === count) console.log('open ' + open);
      next();
    });
    socket.on('error', () => {});
    socket.on('close', () => { closed += 1; next(); });
  };
  for (let i = 0; i < 50; i += 1) next();
  process.stdin.on('data', () => console.log('closed ' + closed)).on('end', () => process.exit());
`;

/** Processes share the limit of this one. Each end of a connection needs a descriptor in its process. */
function descriptors(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  return Number(/Max open files\s+\S+\s+(\d+)/.exec(limits)?.[1] ?? 1024);
}

async function openConnections(port: number, count: number): Promise<{ closed(): Promise<number> }> {
  const child = spawn(
    '/bin/sh',
    ['-c', 'ulimit -n "$(ulimit -Hn)"; exec "$0" "$@"', process.execPath, '-e', client, String(port), String(count)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  running.push({ stop: () => child.kill('SIGKILL') });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe(`open ${count}`);
  return {
    async closed() {
      child.stdin.write('?');
      return Number(String((await lines.next()).value).split(' ')[1]);
    },
  };
}

async function start(protocol: 'http' | 'grpc', limits: object) {
  const [port, http, own] = (await freePorts(3)) as [number, number, number];
  const config = {
    receivers: {
      [`otlp/${protocol}`]: {
        protocols: { [protocol]: { endpoint: `127.0.0.1:${port}`, ...limits } },
        // A slow machine may need more than the default of a minute.
        limits: { header_timeout: '1h' },
      },
      otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` } } },
    },
    exporters: { debug: {} },
    service: {
      telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: own } } } }] } },
      pipelines: { metrics: { receivers: [`otlp/${protocol}`, 'otlp'], exporters: ['debug'] } },
    },
  };
  const pitot: RunningPitot = startPitot([`--config=${configFile(config)}`]);
  running.push(pitot);
  await untilListening(pitot, [port, http, own]);
  const connections = async () => {
    const text = String((await ask(own, { path: '/metrics' })).body);
    return Number(new RegExp(`^pitot_${protocol}_connections\\{.*otlp/${protocol}.*\\} (\\d+)`, 'm').exec(text)?.[1]);
  };
  return { port, http, connections };
}

const gauge = { dataPoints: [{ asInt: 1, timeUnixNano: 1_700_000_000_000_000_000n }] };
const body = encodeMetrics({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'a', gauge }] }] }] });

test.each(['http', 'grpc'] as const)(
  '10,000 idle connections over %s stop nobody',
  { timeout: 240_000 },
  async (protocol) => {
    const count = Math.min(10_000, descriptors() - 500);
    const { port, http, connections } = await start(protocol, {});
    const clients = await openConnections(port, count);
    process.stdout.write(`idle connections: ${count} over ${protocol} at the same time\n`);
    await expect.poll(connections, { timeout: 60_000 }).toBe(count);
    expect((await postMetrics(http, body)).status).toBe(200);
    if (protocol === 'http') expect((await postMetrics(port, body)).status).toBe(200);
    // With the default limit of 10,000, the request above replaced at most one of them.
    expect(await clients.closed()).toBeLessThanOrEqual(1);
  },
);

test.each(['http', 'grpc'] as const)('over %s, max_connections is never exceeded', async (protocol) => {
  const { port, connections } = await start(protocol, { max_connections: 50 });
  const clients = await openConnections(port, 50);
  await openConnections(port, 50);
  await expect.poll(() => clients.closed()).toBeGreaterThan(0);
  expect(await connections()).toBeLessThanOrEqual(50);
});

test('a process that ends closes its connections', async () => {
  const { port, connections } = await start('http', {});
  const clients = await openConnections(port, 200);
  await expect.poll(connections).toBe(200);
  const pitot = running[0] as RunningPitot;
  const exited = once(pitot.process, 'exit');
  pitot.process.kill('SIGTERM');
  await exited;
  await expect.poll(() => clients.closed()).toBeGreaterThanOrEqual(200);
});
