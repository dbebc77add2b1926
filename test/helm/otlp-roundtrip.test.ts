import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';

/** The program of `helm test`, against real processes of pitot. */
const program = new URL('../../scripts/otlp-roundtrip.ts', import.meta.url).pathname;
const pods: RunningPitot[] = [];
const services: Server[] = [];
afterEach(async () => {
  await Promise.all(pods.splice(0).map((pod) => pod.stop()));
  for (const service of services.splice(0)) service.close();
});

async function startPod(exporter: object = {}): Promise<{ otlp: number; metrics: number }> {
  const [otlp, metrics] = (await freePorts(2)) as [number, number];
  const pod = startPitot([
    `--config=${configFile({
      receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${otlp}` } } } },
      exporters: { prometheus: { endpoint: `127.0.0.1:${metrics}`, ...exporter } },
      service: {
        pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } },
        telemetry: { metrics: { level: 'none' } },
      },
    })}`,
  ]);
  pods.push(pod);
  await untilListening(pod, [otlp, metrics]);
  return { otlp, metrics };
}

/** A Service: forwards each connection to the next pod. */
async function startService(ports: readonly number[], first: number): Promise<number> {
  let next = first;
  const service = createServer((client) => {
    const pod = connect(ports[next++ % ports.length]!, '127.0.0.1');
    client.pipe(pod).pipe(client);
    for (const socket of [client, pod]) socket.on('error', () => socket.destroy());
  });
  services.push(service);
  await once(service.listen(0, '127.0.0.1'), 'listening');
  return (service.address() as AddressInfo).port;
}

function run(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [program, ...args], (error, stdout, stderr) =>
      done({ code: (error?.code as number | undefined) ?? 0, output: stdout + stderr }),
    );
  });
}

test('finds the metric that it sent, also with a prefix and a timestamp', async () => {
  const { otlp, metrics } = await startPod({ namespace: 'airflow', send_timestamps: true });
  const { code, output } = await run(`http://127.0.0.1:${otlp}`, `http://127.0.0.1:${metrics}/metrics`);
  expect([code, output]).toEqual([
    0,
    `sent a metric to http://127.0.0.1:${otlp}, and http://127.0.0.1:${metrics}/metrics shows it\n`,
  ]);
});

test('succeeds if each request reaches another pod', async () => {
  const [a, b] = [await startPod(), await startPod()];
  const otlp = await startService([a.otlp, b.otlp], 0);
  const metrics = await startService([a.metrics, b.metrics], 1);
  const { code, output } = await run(`http://127.0.0.1:${otlp}`, `http://127.0.0.1:${metrics}/metrics`);
  expect([code, output]).toEqual([0, expect.stringContaining('shows it')]);
});

test('only sends without the second URL', async () => {
  const { otlp } = await startPod();
  expect(await run(`http://127.0.0.1:${otlp}`)).toEqual({
    code: 0,
    output: `sent a metric to http://127.0.0.1:${otlp}\n`,
  });
});

test('reports addresses that are not reachable, and metrics that are missing', async () => {
  const { otlp, metrics } = await startPod();
  const [closed] = await freePorts(1);
  const unreachable = await run(`http://127.0.0.1:${closed}`, `http://127.0.0.1:${metrics}/metrics`, '0');
  expect([unreachable.code, unreachable.output]).toEqual([
    1,
    expect.stringContaining(`cannot reach http://127.0.0.1:${closed}/v1/metrics`),
  ]);
  const absent = await run(`http://127.0.0.1:${otlp}`, `http://127.0.0.1:${metrics}/elsewhere`, '0');
  expect([absent.code, absent.output]).toEqual([1, expect.stringContaining('status 404, no pitot_helm_test')]);
});
