/**
 * Records what the real Collector sends and logs for each case: `node test/conformance/exporters/record.ts PATH_OF_OTELCOL_CONTRIB`. Writes
 * answers.json. The project does not need it; the tests read answers.json.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postMetrics } from '../../support/http.ts';
import { freePorts } from '../../support/pitot.ts';
import { cases, settingsOf } from './cases.ts';
import { requestBody } from './request-body.ts';
import { startSink } from './sink.ts';

const [collector] = process.argv.slice(2);
if (collector === undefined) throw new Error('usage: record.ts PATH_OF_OTELCOL_CONTRIB');
const sink = await startSink();
const [port] = (await freePorts(1)) as [number];
const exporters = Object.fromEntries(
  Object.entries(cases).map(([name, one]) => [`otlp_${one.protocol}/${name}`, settingsOf(name, one, sink.ports)]),
);
const config = join(mkdtempSync(join(tmpdir(), 'pitot-record-')), 'config.json');
writeFileSync(
  config,
  JSON.stringify({
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters,
    service: {
      telemetry: { metrics: { level: 'none' }, logs: { encoding: 'json', sampling: { enabled: false } } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: Object.keys(exporters) } },
    },
  }),
);
const child = spawn(collector, [`--config=${config}`], { stdio: ['ignore', 'ignore', 'pipe'] });
let log = '';
child.stderr.on('data', (piece) => {
  log += piece;
});
while (!log.includes('Everything is ready')) await new Promise((done) => setTimeout(done, 100));
await postMetrics(port, requestBody());
await new Promise((done) => setTimeout(done, 5000));
child.kill();
const dropped = new Map<string, string>();
for (const line of log.split('\n').filter((one) => one.includes('Dropping data'))) {
  const { error, 'otelcol.component.id': id } = JSON.parse(line) as Record<string, string>;
  dropped.set(id!.split('/')[1]!, withoutPort(error!));
}
const answers = Object.fromEntries(
  Object.keys(cases).map((name) => {
    const { attempts = 0, requests = [], headers = {} } = sink.arrived.get(name) ?? {};
    return [name, { attempts, requests: [...new Set(requests)], headers, dropped: dropped.get(name) ?? null }];
  }),
);
writeFileSync(join(import.meta.dirname, 'answers.json'), `${JSON.stringify(answers, null, 1)}\n`);
sink.stop();

function withoutPort(text: string): string {
  return text.replaceAll(`:${sink.ports.http}`, ':PORT').replaceAll(`:${sink.ports.grpc}`, ':PORT');
}
