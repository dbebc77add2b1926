import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configFile, freePorts, startPitot, untilListening } from '../support/pitot.ts';
import { readRecording } from '../support/recording.ts';

/**
 * Returns `name type` lines of port 8888 of a real pitot that has received data. It contains every component that rules and dashboards
 * use.
 */
export async function ownMetricNames(): Promise<string[]> {
  const [otlp, page, own] = (await freePorts(3)) as [number, number, number];
  const directory = mkdtempSync(join(tmpdir(), 'pitot-own-metrics-'));
  const host = '127.0.0.1';
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: `${host}:${otlp}` } } } },
    processors: { memory_limiter: { check_interval: '1s', limit_percentage: 80 }, batch: {} },
    exporters: {
      debug: {},
      prometheus: { endpoint: `${host}:${page}`, accumulation: { enabled: true, storage: 'file_storage' } },
    },
    extensions: { file_storage: { directory } },
    service: {
      extensions: ['file_storage'],
      telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host, port: own } } } }] } },
      pipelines: {
        metrics: { receivers: ['otlp'], processors: ['memory_limiter', 'batch'], exporters: ['debug', 'prometheus'] },
      },
    },
  };
  const pitot = startPitot([`--config=${configFile(config)}`]);
  try {
    await untilListening(pitot, [otlp, page, own]);
    for (const { path, headers, body } of readRecording('airflow-3.3').requests.slice(0, 3)) {
      const response = await fetch(`http://${host}:${otlp}${path}`, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
      });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    }
    await fetch(`http://${host}:${page}/metrics`).then((response) => response.text());
    const text = await fetch(`http://${host}:${own}/metrics`).then((response) => response.text());
    return [...text.matchAll(/^# TYPE (\S+ \S+)$/gm)].map((match) => match[1]!);
  } finally {
    await pitot.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
