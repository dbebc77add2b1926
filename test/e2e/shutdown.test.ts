import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ask, postMetrics } from '../support/http.ts';
import { encodeMetrics } from '../support/otlp.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening, untilLogged } from '../support/pitot.ts';

const running: RunningPitot[] = [];
afterEach(() => Promise.all(running.splice(0).map((pitot) => pitot.stop('SIGKILL'))));

function gauge(name: string): Buffer {
  const data = { dataPoints: [{ asInt: 1, timeUnixNano: 1_700_000_000_000_000_000n }] };
  return encodeMetrics({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name, gauge: data }] }] }] });
}

/** Configuration from OTLP over a batch processor with a timeout of an hour to a file. */
async function start() {
  const [http, health] = (await freePorts(2)) as [number, number];
  const output = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'debug.txt');
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` } } } },
    processors: { batch: { timeout: '1h', send_batch_size: 100_000 } },
    exporters: { debug: { verbosity: 'normal', use_internal_logger: false, output_paths: [output] } },
    extensions: { health_check: { endpoint: `127.0.0.1:${health}` } },
    service: {
      extensions: ['health_check'],
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp'], processors: ['batch'], exporters: ['debug'] } },
    },
  };
  const pitot = startPitot([`--config=${configFile(config)}`]);
  running.push(pitot);
  await untilListening(pitot, [http, health]);
  await untilLogged(pitot, 'Everything is ready');
  return { pitot, http, health, printed: () => readFileSync(output, 'utf8') };
}

/** Sends a request with an incomplete body, for which the server has to wait. */
async function unfinishedRequest(port: number) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  socket.write(
    'POST /v1/metrics HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-protobuf\r\ncontent-length: 1000\r\n\r\nabc',
  );
  return socket;
}

test.each([
  ['SIGTERM', 'terminated'],
  ['SIGINT', 'interrupt'],
] as const)('%s: delivers all acknowledged data under load and exits with status 0', async (signal, name) => {
  const { pitot, http, printed } = await start();
  const acknowledged: number[] = [];
  let next = 0;
  const client = async () => {
    for (;;) {
      const mine = next++;
      const answer = await postMetrics(http, gauge(`g.${mine}.`)).catch(() => undefined);
      if (answer?.status !== 200) return;
      acknowledged.push(mine);
    }
  };
  const clients = Array.from({ length: 4 }, client);
  await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(200);
  expect(await pitot.stop(signal)).toBe(0);
  await Promise.all(clients);
  const text = printed();
  expect(acknowledged.filter((mine) => !text.includes(`g.${mine}.{`))).toEqual([]);
  const log = pitot.output().toString();
  const lines = ['Received signal from OS', 'Starting shutdown...', 'Stopping extensions...', 'Shutdown complete.'];
  const places = lines.map((line) => log.indexOf(line));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
  expect(log).toContain(`"signal": "${name}"`);
});

test('finishes an in-flight request and reports the shutdown in health, and exits immediately on a second signal', async () => {
  const { pitot, http, health } = await start();
  expect((await ask(health)).status).toBe(200);
  const request = await unfinishedRequest(http);
  // After the response to a complete request on another connection, the server has received the incomplete one.
  expect((await postMetrics(http, gauge('a'))).status).toBe(200);
  pitot.process.kill('SIGTERM');
  await untilLogged(pitot, 'Starting shutdown...');
  expect((await ask(health)).status).toBe(503);
  expect(pitot.process.exitCode).toBeNull();
  expect(await pitot.stop('SIGTERM')).toBe(1);
  request.destroy();
});

test('waits for an in-flight request', async () => {
  const { pitot, http, printed } = await start();
  const body = gauge('slow');
  const socket = connect(http, '127.0.0.1');
  await once(socket, 'connect');
  const head = `POST /v1/metrics HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-protobuf\r\ncontent-length: ${body.length}\r\n\r\n`;
  socket.write(Buffer.concat([Buffer.from(head), body.subarray(0, 5)]));
  expect((await postMetrics(http, gauge('a'))).status).toBe(200);
  const ended = once(pitot.process, 'exit');
  pitot.process.kill('SIGTERM');
  await untilLogged(pitot, 'Starting shutdown...');
  socket.write(body.subarray(5));
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /);
  expect(await ended).toEqual([0, null]);
  expect(printed()).toContain('slow{');
});

test('exits on SIGTERM and ignores SIGHUP while the configuration is being loaded', async () => {
  // Accepts connections and never responds.
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const asked = once(silent, 'connection');
  const pitot = startPitot([`--config=http://127.0.0.1:${port}/config.yaml`]);
  running.push(pitot);
  const [socket] = await asked;
  pitot.process.kill('SIGHUP');
  expect(await pitot.stop('SIGTERM')).toBe(0);
  expect(pitot.output().toString()).toBe('');
  socket.destroy();
  silent.close();
});

/** Whether this machine supports PID namespaces, which the first process of a container needs. */
const isFirstPossible = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;

test.skipIf(!isFirstPossible)('handles signals as the first process of a container', async () => {
  const file = configFile({
    receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:0' } } } },
    exporters: { debug: {} },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: ['debug'] } },
    },
  });
  const inside = `exec ${process.execPath} ${join(import.meta.dirname, '../../src/main.ts')} --config=${file}`;
  const child = spawn('unshare', ['--pid', '--fork', '--kill-child', 'sh', '-c', inside], { stdio: 'pipe' });
  const exited = once(child, 'exit');
  let log = '';
  child.stderr.on('data', (text) => {
    log += text;
  });
  await expect.poll(() => log, { timeout: 30_000 }).toContain('Everything is ready');
  const first = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
  process.kill(Number(first), 'SIGHUP');
  await expect.poll(() => log, { timeout: 30_000 }).toContain('Config updated');
  process.kill(Number(first), 'SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(log).toContain('Shutdown complete.');
});
