/*
 * Puts the statements and conditions of statements.json to the Collector:
 *   node test/conformance/ottl/ask-collector.ts COLLECTOR VERSION
 * Writes answers.json for 0.155, and for a later version answers-VERSION.json with the answers that differ from those of 0.155. Each
 * statement has its own pipeline. The request is the same for all statements of a signal.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changedLines, inputs, type StatementAnswer, type StatementCase, statementCases } from './statement-cases.ts';

const outputs = mkdtempSync(join(tmpdir(), 'ask-statements-'));

type Config = Record<'receivers' | 'processors' | 'exporters', Record<string, object>> & {
  service: { telemetry: object; pipelines: Record<string, object> };
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

function configOf(cases: readonly StatementCase[], ports: readonly number[]): Config {
  const config: Config = {
    receivers: {},
    processors: {},
    exporters: {},
    service: { telemetry: { metrics: { level: 'none' } }, pipelines: {} },
  };
  for (const [i, { signal, processor }] of cases.entries()) {
    const { type, ...settings } = processor;
    config.receivers[`otlp/${i}`] = { protocols: { http: { endpoint: `127.0.0.1:${ports[i]}` } } };
    config.processors[`${type}/${i}`] = settings;
    const output = { use_internal_logger: false, output_paths: [join(outputs, `${i}.txt`)] };
    config.exporters[`debug/${i}`] = { verbosity: 'detailed', ...output };
    config.service.pipelines[`${signal}/${i}`] = {
      receivers: [`otlp/${i}`],
      processors: [`${type}/${i}`],
      exporters: [`debug/${i}`],
    };
  }
  return config;
}

/** Indexes of the cases whose configuration the Collector refuses. */
function refusedBy(collector: string, cases: readonly StatementCase[]): Set<number> {
  const file = join(outputs, 'config.json');
  writeFileSync(
    file,
    JSON.stringify(
      configOf(
        cases,
        cases.map((_, index) => 1024 + index),
      ),
    ),
  );
  try {
    execFileSync(collector, ['validate', `--config=${file}`], { stdio: ['ignore', 'ignore', 'pipe'] });
    return new Set();
  } catch (error) {
    const text = String((error as { stderr: Buffer }).stderr);
    return new Set([...text.matchAll(/processors::\w+\/(\d+)/g)].map((match) => Number(match[1])));
  }
}

async function ask(collector: string, cases: readonly StatementCase[]): Promise<Map<string, string | undefined>> {
  const file = join(outputs, 'config.json');
  const ports = await Promise.all(cases.map(freePort));
  writeFileSync(file, JSON.stringify(configOf(cases, ports)));
  const child = spawn(collector, ['--config', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  let log = '';
  child.stderr.on('data', (data) => {
    log += data;
  });
  try {
    for (let attempt = 0; !log.includes('Everything is ready'); attempt++) {
      if (child.exitCode !== null || attempt > 1200) throw new Error(log.slice(-2000));
      await new Promise((done) => setTimeout(done, 50));
    }
    const statuses: number[] = [];
    for (const [i, { signal }] of cases.entries()) {
      const answer = await fetch(`http://127.0.0.1:${ports[i]}/v1/${signal}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', connection: 'close' },
        body: JSON.stringify(inputs[signal]),
      });
      await answer.arrayBuffer();
      statuses.push(answer.status);
    }
    child.kill('SIGTERM');
    await exited;
    return new Map(
      cases.map(({ name }, i) => {
        const output = join(outputs, `${i}.txt`);
        const text = existsSync(output) ? readFileSync(output, 'utf8') : '';
        if (statuses[i] !== 200 && statuses[i] !== 503) throw new Error(`${name}: status ${statuses[i]}`);
        return [name, statuses[i] === 200 ? text : undefined];
      }),
    );
  } finally {
    child.kill('SIGKILL');
  }
}

const [collector, version] = process.argv.slice(2);
if (!collector || !version) throw new Error('usage: ask-collector.ts COLLECTOR VERSION');
const signals = ['metrics', 'traces', 'logs'] as const;
const unchanged = signals.map(
  (signal): StatementCase => ({ name: `unchanged ${signal}`, signal, processor: { type: 'transform' } }),
);
const cases = [...statementCases(), ...unchanged];
const refused = refusedBy(collector, cases);
const accepted = cases.filter((_, index) => !refused.has(index));
const texts = new Map<string, string | undefined>();
for (let start = 0; start < accepted.length; start += 150) {
  const some = accepted.slice(start, start + 150);
  for (const [name, text] of await ask(collector, some)) texts.set(name, text);
  for (const i of some.keys()) writeFileSync(join(outputs, `${i}.txt`), '');
}
const answers = Object.fromEntries(
  statementCases().map(({ name, signal }): [string, StatementAnswer] => {
    if (!texts.has(name)) return [name, 'refused'];
    const text = texts.get(name);
    return [name, text === undefined ? 'error' : changedLines(texts.get(`unchanged ${signal}`)!, text)];
  }),
);
const file = (name: string) => join(import.meta.dirname, name);
if (version === '0.155') writeFileSync(file('answers.json'), `${JSON.stringify(answers, undefined, 1)}\n`);
else {
  const older = JSON.parse(readFileSync(file('answers.json'), 'utf8')) as typeof answers;
  const differing = Object.entries(answers).filter(
    ([name, answer]) => JSON.stringify(older[name]) !== JSON.stringify(answer),
  );
  writeFileSync(file(`answers-${version}.json`), `${JSON.stringify(Object.fromEntries(differing), undefined, 1)}\n`);
}
