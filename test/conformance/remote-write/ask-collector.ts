import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { type DecodedRequest, decodeRemoteWrite } from '../../support/decode-remote-write.ts';
import { configFile, freePorts } from '../../support/pitot.ts';
import { readRemoteWriteCases } from './cases.ts';
import { merged } from './merge-requests.ts';

/*
 * Sends the cases to a real Collector and records what its exporter sends: node test/conformance/remote-write/ask-collector.ts COLLECTOR
 */

const collector = process.argv[2];
if (collector === undefined) throw new Error('usage: ask-collector.ts COLLECTOR');
const folder = join(import.meta.dirname, 'fixtures/expected');

const received = new Map<string, DecodedRequest[]>();
const recorder = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const decoded = decodeRemoteWrite(Buffer.concat(chunks), request.headers['content-type']);
  const path = decodeURIComponent(request.url ?? '');
  received.set(path, [...(received.get(path) ?? []), decoded]);
  for (const what of ['Samples', 'Histograms', 'Exemplars']) {
    response.setHeader(`X-Prometheus-Remote-Write-${what}-Written`, '1');
  }
  response.writeHead(204).end();
});
recorder.listen(0, '127.0.0.1');
await once(recorder, 'listening');
const { port: recorderPort } = recorder.address() as { port: number };

const cases = readRemoteWriteCases();
const runs = cases.flatMap((one) => one.versions.map((version) => ({ one, version })));
const ports = await freePorts(runs.length);
const config = {
  receivers: {} as Record<string, object>,
  exporters: {} as Record<string, object>,
  service: { telemetry: { metrics: { level: 'none' } }, pipelines: {} as Record<string, object> },
};
for (const [i, { one, version }] of runs.entries()) {
  config.receivers[`otlp/${i}`] = { protocols: { http: { endpoint: `127.0.0.1:${ports[i]}` } } };
  config.exporters[`prometheusremotewrite/${i}`] = {
    ...one.settings,
    endpoint: `http://127.0.0.1:${recorderPort}/${version}/${one.name}`,
    remote_write_queue: { enabled: false },
    protobuf_message: version === '2.0' ? 'io.prometheus.write.v2.Request' : 'prometheus.WriteRequest',
  };
  config.service.pipelines[`metrics/${i}`] = {
    receivers: [`otlp/${i}`],
    exporters: [`prometheusremotewrite/${i}`],
  };
}
const gate = '--feature-gates=exporter.prometheusremotewritexporter.enableSendingRW2';
const running = spawn(collector, ['--config', configFile(config), gate], { stdio: ['ignore', 'ignore', 'inherit'] });
for (const port of ports) {
  const url = `http://127.0.0.1:${port}/v1/metrics`;
  while (!(await fetch(url).then(Boolean, () => false))) await new Promise((done) => setTimeout(done, 50));
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [i, { one }] of runs.entries()) {
  for (const { body, contentType } of one.requests) {
    const response = await fetch(`http://127.0.0.1:${ports[i]}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body: Uint8Array.from(body),
    });
    await response.text();
    if (!response.ok) console.error(one.name, response.status);
  }
}
for (const one of cases) {
  // One line for each series.
  const answers = one.versions.map((version) => {
    const { metadata, series } = merged(received.get(`/${version}/${one.name}`) ?? []);
    const lines = series.map((each) => `\n${JSON.stringify(each)}`);
    return `"${version}": {"metadata": ${JSON.stringify(metadata)}, "series": [${lines}]}`;
  });
  writeFileSync(join(folder, `${one.name}.json`), `{${answers.join(',\n')}}\n`);
}
console.log(`${readdirSync(folder).length} cases`);
running.kill();
recorder.close();
recorder.closeAllConnections();
