import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ask, postMetrics } from '../support/http.ts';
import { encodeMetrics } from '../support/otlp.ts';
import { deliver } from '../support/otlp-client.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening, untilLogged } from '../support/pitot.ts';

const ready = 'Everything is ready';
const running: RunningPitot[] = [];
afterEach(() => Promise.all(running.splice(0).map((pitot) => pitot.stop())));

/** Returns one request with a new counter. */
function counter(name: string, value = 1): Buffer {
  const dataPoints = [{ asInt: value, timeUnixNano: 1_700_000_000_000_000_000n }];
  const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints };
  return encodeMetrics({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name, sum }] }] }] });
}

interface Parts {
  readonly http: number;
  readonly page: number;
  readonly processors?: Record<string, object | null>;
  readonly exporters?: Record<string, object>;
  readonly prometheus?: object;
  readonly signals?: readonly string[];
  readonly telemetry?: object;
}

/** Returns a configuration from OTLP over HTTP to `/metrics`, with the changes of a test. */
function configuration(parts: Parts): string {
  const { http, page, processors = {}, exporters = {}, prometheus, signals = [], telemetry } = parts;
  const receivers = ['otlp'];
  return JSON.stringify({
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` } } } },
    processors,
    exporters: { debug: {}, prometheus: { endpoint: `127.0.0.1:${page}`, ...prometheus }, ...exporters },
    service: {
      telemetry: telemetry ?? { metrics: { level: 'none' } },
      pipelines: {
        metrics: {
          receivers,
          processors: Object.keys(processors),
          exporters: ['prometheus', ...Object.keys(exporters)],
        },
        ...Object.fromEntries(signals.map((signal) => [signal, { receivers, exporters: ['debug'] }])),
      },
    },
  });
}

/** Starts pitot and returns a function that changes its configuration. */
async function start(parts: Omit<Parts, 'http' | 'page'> = {}) {
  const [http, page, other] = (await freePorts(3)) as [number, number, number];
  const file = configFile(configuration({ http, page, ...parts }));
  const pitot = startPitot([`--config=${file}`]);
  running.push(pitot);
  await untilListening(pitot, [http, page]);
  await untilLogged(pitot, ready);
  const reload = (text: string) => {
    writeFileSync(file, text);
    pitot.process.kill('SIGHUP');
  };
  const shown = async (port = page) => String((await ask(port, { path: '/metrics' })).body);
  return { pitot, http, page, other, file, reload, shown };
}

test('applies another configuration, and keeps the state of unchanged components', async () => {
  const { pitot, http, page, other, reload, shown } = await start();
  expect((await postMetrics(http, counter('kept'))).status).toBe(200);
  reload(configuration({ http, page, exporters: { 'prometheus/b': { endpoint: `127.0.0.1:${other}` } } }));
  await untilLogged(pitot, ready, 2);
  expect(await shown()).toContain('kept_total');
  expect((await postMetrics(http, counter('fresh'))).status).toBe(200);
  expect(await shown()).toContain('fresh_total');
  expect(await shown(other)).toContain('fresh_total');
  expect(await shown(other)).not.toContain('kept_total');
  expect(pitot.output().toString()).toContain('Config updated, restart service');
});

test('adds a signal without an interruption of the others', async () => {
  const { pitot, http, page, reload, shown } = await start();
  await postMetrics(http, counter('kept'));
  const logs = { method: 'POST', path: '/v1/logs', headers: { 'content-type': 'application/json' } };
  const body = Buffer.from('{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}');
  expect((await ask(http, { ...logs, body })).status).toBe(404);
  reload(configuration({ http, page, signals: ['logs'] }));
  await untilLogged(pitot, ready, 2);
  expect((await ask(http, { ...logs, body })).status).toBe(200);
  expect(await shown()).toContain('kept_total');
});

test.each([
  ['no YAML', 'receivers: [\n', ':1:12'],
  ['an unknown key', configuration({ http: 1, page: 2, prometheus: { namspace: 'x' } }), 'did you mean'],
  ['an undefined reference', configuration({ http: 1, page: 2 }).replace('["otlp"]', '["oltp"]'), 'did you mean'],
  [
    'a component that cannot be created',
    configuration({ http: 1, page: 2, prometheus: { endpoint: '' } }),
    'non-blank',
  ],
])('keeps the configuration and logs the reason if the file has %s', async (_, text, reason) => {
  const { pitot, http, reload, shown, file } = await start();
  await postMetrics(http, counter('before'));
  reload(text);
  await untilLogged(pitot, 'Config reload failed; continuing with the previous configuration');
  const output = pitot.output().toString();
  expect(output).toContain(reason);
  if (reason !== 'non-blank') expect(output).toContain(`hint: ${file}:1:`);
  expect((await postMetrics(http, counter('after'))).status).toBe(200);
  expect(await shown()).toMatch(/after_total.*before_total/s);
});

test('restores the previous configuration if a port is in use', async () => {
  const { pitot, http, page, other, reload, shown } = await start();
  await postMetrics(http, counter('kept'));
  const taken = createServer().listen(other, '127.0.0.1');
  await once(taken, 'listening');
  reload(configuration({ http, page, exporters: { 'prometheus/b': { endpoint: `127.0.0.1:${other}` } } }));
  await untilLogged(pitot, 'Config reload failed');
  expect(pitot.output().toString()).toContain(`listen tcp 127.0.0.1:${other}: bind: address already in use`);
  expect((await postMetrics(http, counter('after'))).status).toBe(200);
  expect(await shown()).toMatch(/after_total.*kept_total/s);
  taken.close();
  await once(taken, 'close');
  pitot.process.kill('SIGHUP');
  await untilLogged(pitot, ready, 2);
  await postMetrics(http, counter('later'));
  expect(await shown(other)).toContain('later_total');
});

test('reconfigures log and own metrics on reload, and keeps counters', async () => {
  const reader = (port: number) => ({ pull: { exporter: { prometheus: { host: '127.0.0.1', port } } } });
  const [own] = (await freePorts(1)) as [number];
  const { pitot, http, page, other, reload, shown } = await start({
    telemetry: { metrics: { readers: [reader(own)] } },
  });
  await postMetrics(http, counter('a'));
  const accepted = /otelcol_receiver_accepted_metric_points\{.*\} (\d+)/;
  expect(accepted.exec(await shown(own))?.[1]).toBe('1');
  const telemetry = { metrics: { readers: [reader(other)] }, logs: { encoding: 'json' } };
  reload(configuration({ http, page, telemetry }));
  await untilListening(pitot, [other]);
  await untilLogged(pitot, `"msg":"${ready}`);
  await postMetrics(http, counter('a'));
  expect(accepted.exec(await shown(other))?.[1]).toBe('2');
  await expect(ask(own)).rejects.toThrow('ECONNREFUSED');
});

test('loses no acknowledged data in reloads under load', async () => {
  const processors = { memory_limiter: { check_interval: '1s', limit_percentage: 90 }, batch: { timeout: '50ms' } };
  const { pitot, http, page, reload, shown } = await start({ processors });
  let sent = 0;
  const stop = new AbortController();
  function* requests() {
    while (!stop.signal.aborted || sent < 500) {
      const body = counter(`loaded.${sent++}`);
      yield { path: '/v1/metrics', headers: { 'content-type': 'application/x-protobuf' }, body };
    }
  }
  const delivered = deliver(http, requests(), { connections: 4 });
  for (let round = 0; round < 4; round++) {
    // Each round replaces the batch processor. Every second round also changes the receiver.
    const batch = { timeout: `${51 + round}ms` };
    const signals = round % 2 === 0 ? ['traces'] : [];
    reload(configuration({ http, page, signals, processors: { ...processors, batch } }));
    await untilLogged(pitot, ready, 2 + round);
  }
  stop.abort();
  await delivered;
  await expect.poll(async () => (await shown()).match(/^loaded_\d+_total/gm)?.length, { timeout: 20_000 }).toBe(sent);
});
