import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, queryEngine } from '../../scripts/engines/engine.ts';
import { readEmitted } from '../monitoring/truth.ts';
import { accumulation, Bridge } from '../support/bridge.ts';
import { everyType, everyTypeEnded } from '../support/every-type.ts';
import { decodeRequest } from '../support/otlp.ts';
import { readPackedRequests } from '../support/packed-recording.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';
import type { ApiSample } from '../support/prometheus.ts';
import { type RecordedRequest, readRecording, servedTries } from '../support/recording.ts';
import { replayNow } from '../support/replay-now.ts';
import { seriesKey } from '../support/text-exposition.ts';
import { engines } from './engines.ts';

const messages = { '1.0': 'prometheus.WriteRequest', '2.0': 'io.prometheus.write.v2.Request' } as const;
const replaySeconds = 25;

/** Starts a pitot that hands on what it receives. */
async function forwarder(exporter: string, settings: object): Promise<{ pitot: RunningPitot; port: number }> {
  const [port] = (await freePorts(1)) as [number];
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters: { [exporter]: settings },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: [exporter] } },
    },
  };
  const pitot = startPitot([`--config=${configFile(config)}`]);
  await untilListening(pitot, [port]);
  return { pitot, port };
}

async function post(port: number, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`http://127.0.0.1:${port}/v1/metrics`, { method: 'POST', headers, body });
  expect(await response.text()).toBe('{"partialSuccess":{}}');
}

/** A few bodies of a real Airflow are the head of another request. */
function isOtlp(body: Buffer): boolean {
  try {
    decodeRequest(body);
    return true;
  } catch {
    return false;
  }
}

/** Samples by name, `le`, and quantile; the count of a native histogram. */
function valuesOf(samples: readonly ApiSample[]): Record<string, string> {
  const entries = samples.map(({ metric, value, histogram }) => {
    const { __name__, le, quantile } = metric;
    const key = [
      __name__,
      ...(le ? [`le=${Number(le.replace('+Inf', 'Infinity'))}`] : []),
      ...(quantile ? [`q=${quantile}`] : []),
    ];
    return [key.join(' '), String(Number(value?.[1] ?? histogram![1].count))];
  });
  return Object.fromEntries(entries.sort());
}

describe.each(engines)('$name', (kind) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await kind.start();
  });
  afterAll(() => engine?.stop());

  const writeUrl = () => (engine.writeUrl ?? engine.url) + kind.writePath;
  const query = async (expression: string, time: number) => {
    if (kind.flushPath) await fetch(engine.url + kind.flushPath);
    return queryEngine(engine, expression, time);
  };
  /** Repeats a query until it returns something, for at most 30 s: engines show what they accepted a little later. */
  const untilRead = async (expression: string, time: number): Promise<readonly ApiSample[]> => {
    for (const end = Date.now() + 30_000; ; await delay(200)) {
      const samples = await query(expression, time);
      if (samples.length > 0 || Date.now() > end) return samples;
    }
  };

  test.each(['1.0', '2.0'] as const)('Remote Write %s: every type of data is read back', async (version) => {
    const external = { cluster: `v${version}` };
    const { pitot, port } = await forwarder('prometheus_remote_write', {
      endpoint: writeUrl(),
      remote_write_queue: { enabled: false },
      external_labels: external,
      protobuf_message: messages[version],
    });
    try {
      const now = Date.now();
      await post(port, everyType(now));
      const read = await untilRead(`{__name__=~"rw_.*|target_info",cluster="v${version}"}`, now / 1000);
      const { rw_native: native, ...classic } = valuesOf(read);
      expect(classic).toMatchObject({
        rw_sum_total: '7',
        rw_updown: '-1.5',
        rw_gauge_bytes: '1e+300',
        'rw_histogram_seconds_bucket le=1': '1',
        'rw_histogram_seconds_bucket le=2.5': '3',
        'rw_histogram_seconds_bucket le=Infinity': '6',
        rw_histogram_seconds_sum: '12.5',
        rw_histogram_seconds_count: '6',
        'rw_summary q=0.5': '0.25',
        rw_summary_sum: '1.5',
        rw_summary_count: '3',
        target_info: '1',
      });
      if (kind.storesNativeHistograms) expect(native).toBe('6');
      else expect(classic).toMatchObject({ rw_native_count: '6', rw_native_sum: '9' });
      const sum = read.find(({ metric }) => metric.__name__ === 'rw_sum_total')!;
      expect(sum.metric).toMatchObject({ ...external, job: 'airflow', dag_id: 'a "b"' });
      const fallbacks = pitot.output().toString().split('does not support Remote Write 2.0; sending 1.0').length - 1;
      expect(fallbacks).toBe(version === '2.0' && !kind.confirms2 ? 1 : 0);
      // The flag "no recorded value" ends every series.
      await post(port, everyTypeEnded(now + 1_000));
      // Elsewhere, the end of a native histogram becomes a count without a meaning.
      const others = kind.storesNativeHistograms ? '' : ',__name__!~"rw_native.*"';
      const rest = `{__name__=~"rw_.*",cluster="v${version}"${others}}`;
      for (const end = Date.now() + 15_000; Date.now() < end; await delay(200))
        if ((await query(rest, (now + 1_500) / 1000)).length === 0) break;
      expect(valuesOf(await query(rest, (now + 1_500) / 1000))).toEqual({});
    } finally {
      expect(await pitot.stop()).toBe(0);
    }
  });

  test.runIf(kind.otlpPath)('OTLP: every type of data is read back', async () => {
    const { pitot, port } = await forwarder('otlp_http', {
      metrics_endpoint: engine.url + kind.otlpPath!,
      sending_queue: { enabled: false },
    });
    try {
      const now = Date.now();
      await post(port, everyType(now, 'otlp'));
      const read = await untilRead('{__name__=~"otlp[_.].*"}', Date.now() / 1000);
      const values = Object.fromEntries(
        Object.entries(valuesOf(read)).map(([name, value]) => [name.replaceAll('.', '_'), value]),
      );
      expect(Object.keys(values).length).toBeGreaterThan(8);
      const sum = values.otlp_sum_total ?? values.otlp_sum;
      expect({ sum, updown: values.otlp_updown }).toEqual({ sum: '7', updown: '-1.5' });
      const count = values.otlp_histogram_seconds_count ?? values.otlp_histogram_count;
      expect(count).toBe('6');
    } finally {
      expect(await pitot.stop()).toBe(0);
    }
  });

  test.each(['airflow-3.2', 'airflow-3.3', 'airflow-3.1', 'airflow-3.3-live'] as const)(
    'increase() of the pushed totals of %s equals what happened',
    async (name) => {
      const isPacked = name === 'airflow-3.1' || name === 'airflow-3.3-live';
      const recorded: readonly RecordedRequest[] = isPacked ? readPackedRequests(name) : readRecording(name).requests;
      const requests = recorded.filter(({ body }) => isOtlp(body));
      const page = `${kind.name}-${name}`;
      const bridge = await Bridge.start({
        prometheus: {
          accumulation: { ...accumulation, zero_first: true },
          remote_write: { endpoint: writeUrl(), push_interval: '1s', external_labels: { page } },
        },
      });
      try {
        await replayNow(
          { ...readRecording('airflow-3.3'), requests },
          bridge.ports.http,
          isPacked ? 60 : replaySeconds,
        );
        await delay(3_000);
        const selector = (metric: string) => `${metric}{page="${page}"}`;
        // At the last sample, so that Prometheus does not extrapolate to a later end.
        const newest = `max(timestamp(${selector('airflow_ti_finish_total')}))`;
        const time = Number((await untilRead(newest, Date.now() / 1000))[0]!.value![1]);
        if (!isPacked) {
          const recording = readRecording(name);
          const expression = `sum by (dag_id, task_id, state) (increase(${selector('airflow_ti_finish_total')}[1h]))`;
          const samples = (await untilRead(expression, time)).map(({ metric, value }) => ({
            name: 'airflow_ti_finish_total',
            labels: metric,
            value: Number(value![1]),
          }));
          expect(servedTries(samples, recording)).toEqual(recording.tries);
          process.stdout.write(`receivers: ${kind.name}, ${name}: ${recording.tries.size} totals equal the database\n`);
          return;
        }
        const emitted = readEmitted(name);
        const wrong: object[] = [];
        for (const metric of new Set(emitted.map((each) => each.name))) {
          // Without extrapolation: the samples themselves.
          const grown = `max_over_time(${selector(metric)}[1h]) - min_over_time(${selector(metric)}[1h])`;
          const read = new Map<string, number>();
          for (const { metric: labels, value } of await query(grown, time)) {
            const {
              page: _,
              job,
              instance,
              otel_scope_name,
              otel_scope_version,
              otel_scope_schema_url,
              receiver,
              tenant_id,
              ...own
            } = labels;
            const key = seriesKey(metric, own);
            read.set(key, (read.get(key) ?? 0) + Number(value![1]));
          }
          for (const { attributes, delivered } of emitted.filter((each) => each.name === metric)) {
            const increase = read.get(seriesKey(metric, attributes));
            if (increase !== delivered) wrong.push({ metric, attributes, delivered, increase });
          }
        }
        expect(wrong).toEqual([]);
        process.stdout.write(`receivers: ${kind.name}, ${name}: ${emitted.length} totals equal what processes sent\n`);
      } finally {
        expect(await bridge.stop()).toBe(0);
      }
    },
  );
});
