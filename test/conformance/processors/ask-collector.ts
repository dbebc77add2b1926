/*
 * Sends the cases of folders to the Collector and records its answers:
 *   node test/conformance/processors/ask-collector.ts COLLECTOR FOLDER…
 * Reads FOLDER/cases.json, a list of Case, and writes FOLDER/answers.json, { name: Answer }. All cases run in one process, each in a
 * separate pipeline. The answer is the text of the debug exporter.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Case {
  readonly name: string;
  readonly signal: 'metrics' | 'traces' | 'logs';
  /** Configuration of the processor, and its component type. No processor if undefined. */
  readonly processor?: { readonly type: string };
  /** Settings of the debug exporter, except outputs. Detailed by default. */
  readonly debug?: object;
  /** Settings of the receiver's HTTP protocol. */
  readonly http?: object;
  /** Time for the processor after the last request, ms. */
  readonly waitMs?: number;
  /** OTLP/JSON bodies, sent in order. */
  readonly requests: readonly object[];
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  /** HTTP status of each request. */
  readonly status: readonly number[];
  /** Output of the debug exporter. */
  readonly text: string;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

function collectorConfig(cases: readonly Case[], ports: readonly number[], outputs: string): object {
  const config = { receivers: {}, processors: {}, exporters: {}, service: { pipelines: {} } } as Record<
    string,
    never
  > & {
    receivers: Record<string, object>;
    processors: Record<string, object>;
    exporters: Record<string, object>;
    service: { telemetry?: object; pipelines: Record<string, object> };
  };
  config.service.telemetry = { metrics: { level: 'none' } };
  for (const [i, { signal, processor, debug, http }] of cases.entries()) {
    config.receivers[`otlp/${i}`] = { protocols: { http: { endpoint: `127.0.0.1:${ports[i]}`, ...http } } };
    const output = { use_internal_logger: false, output_paths: [join(outputs, `${i}.txt`)] };
    config.exporters[`debug/${i}`] = { verbosity: 'detailed', ...debug, ...output };
    const { type, ...settings } = processor ?? {};
    if (type) config.processors[`${type}/${i}`] = settings;
    const processors = type ? [`${type}/${i}`] : [];
    config.service.pipelines[`${signal}/${i}`] = {
      receivers: [`otlp/${i}`],
      processors,
      exporters: [`debug/${i}`],
    };
  }
  return config;
}

/** Preserves negative zero, which JSON.stringify writes as `0`. */
function withNegativeZero(_: string, value: unknown): unknown {
  return Object.is(value, -0) ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON('-0.0') : value;
}

async function post(port: number, { signal, headers }: Case, request: object): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(request, withNegativeZero),
  });
  await answer.arrayBuffer();
  return answer.status;
}

async function untilReady(port: number): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    try {
      await fetch(`http://127.0.0.1:${port}/`);
      return;
    } catch {
      await new Promise((done) => setTimeout(done, 25));
    }
  }
  throw new Error(`nothing listens on port ${port}`);
}

async function askCollector(collector: string, cases: readonly Case[]): Promise<Record<string, Answer>> {
  const outputs = mkdtempSync(join(tmpdir(), 'ask-collector-'));
  const ports = await Promise.all(cases.map(freePort));
  const config = JSON.stringify(collectorConfig(cases, ports, outputs));
  const child = spawn(collector, ['--config', `yaml:${config}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  const answers: Record<string, Answer> = {};
  try {
    await untilReady(ports.at(-1)!);
    const statuses: number[][] = [];
    for (const [i, which] of cases.entries()) {
      const status: number[] = [];
      for (const request of which.requests) status.push(await post(ports[i]!, which, request));
      statuses.push(status);
    }
    await new Promise((done) => setTimeout(done, Math.max(...cases.map(({ waitMs = 0 }) => waitMs))));
    child.kill('SIGTERM');
    await exited;
    for (const [i, { name }] of cases.entries()) {
      const file = join(outputs, `${i}.txt`);
      answers[name] = { status: statuses[i]!, text: existsSync(file) ? readFileSync(file, 'utf8') : '' };
    }
    return answers;
  } finally {
    child.kill('SIGKILL');
  }
}

const [collector, ...folders] = process.argv.slice(2);
if (!collector || folders.length === 0) throw new Error('usage: ask-collector.ts COLLECTOR FOLDER…');
for (const folder of folders) {
  const cases = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as Case[];
  const answers = await askCollector(collector, cases);
  writeFileSync(join(folder, 'answers.json'), `${JSON.stringify(answers, undefined, 1)}\n`);
}
