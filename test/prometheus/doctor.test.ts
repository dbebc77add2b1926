import { afterEach, expect, test } from 'vitest';
import { postMetrics } from '../support/http.ts';
import { encodeMetrics } from '../support/otlp.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';
import { Prometheus } from '../support/prometheus.ts';
import { runPitot } from '../support/run-command.ts';

let pitot: RunningPitot | undefined;
let prometheus: Prometheus | undefined;
afterEach(async () => {
  await prometheus?.stop();
  await pitot?.stop();
});

test('doctor finds the target and a query in a real Prometheus, and reports a missing target', async () => {
  const [http, metrics] = (await freePorts(2)) as [number, number];
  pitot = startPitot([
    `--config=${configFile({
      receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` } } } },
      exporters: { prometheus: { endpoint: `127.0.0.1:${metrics}` } },
      service: {
        telemetry: { metrics: { level: 'none' } },
        pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } },
      },
    })}`,
  ]);
  await untilListening(pitot, [http, metrics]);
  await postMetrics(
    http,
    encodeMetrics({
      resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'a', gauge: { dataPoints: [{ asInt: 1 }] } }] }] }],
    }),
  );
  prometheus = await Prometheus.start({ jobs: [{ name: 'pitot', port: metrics }], interval: '1s' });
  await prometheus.untilScraped('pitot', 2);
  const args = ['--to', `http://127.0.0.1:${http}`, '--metrics', `http://127.0.0.1:${metrics}/metrics`];
  const good = await runPitot(['doctor', ...args, '--prometheus', prometheus.url]);
  expect(good.stdout).toMatch(/^✓ Target {5}http:\/\/127\.0\.0\.1:\d+\/metrics is up$/m);
  expect(good.stdout).toMatch(/^✓ Query {6}count\(\{__name__="a"\}\) is 1$/m);
  expect(good.exitCode).toBe(0);
  await prometheus.stop();
  prometheus = await Prometheus.start({ jobs: [{ name: 'another', port: http }], interval: '1s' });
  const missing = await runPitot(['doctor', ...args, '--prometheus', prometheus.url]);
  expect(missing.stdout).toMatch(/^✗ Target {5}Prometheus has \d+ targets, and none with port \d+$/m);
  expect(missing.exitCode).toBe(1);
});
