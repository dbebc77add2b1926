/**
 * Follows the guide, the migration, and the troubleshooting page line by line, with Helm and kubectl against a small cluster:
 *
 *   unshare --net --mount node test/helm/cluster/follow-docs.ts HELM KUBECTL
 *
 * The cluster (cluster.ts) runs pitot's sources in the place of the image. What it cannot run is listed here with the reason. Prints each
 * step and 'N passed, N failed'.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { blocksOf, type CodeBlock, shows } from '../../install/code-blocks.ts';
import { startCluster } from './cluster.ts';
import type { KubernetesObject } from './objects.ts';
import { Shell } from './reader.ts';

const [helm, kubectl] = process.argv.slice(2);
if (!helm || !kubectl) throw new Error('usage: follow-docs.ts HELM KUBECTL');
const root = new URL('../../../', import.meta.url).pathname;
const service = 'http://otel-collector-opentelemetry-collector.re.svc.cluster.local';
const worker = 'airflow-worker-0';

/** Commands that need more than the cluster has. */
const elsewhere: readonly [RegExp, string][] = [
  [/^docker (build|push)/, '.ci/image.sh builds the image'],
  [/^helm upgrade astro-agent/, "Astronomer's chart is not in a package registry"],
];

const work = mkdtempSync(join(tmpdir(), 'pitot-docs-'));
execFileSync('ip', ['link', 'set', 'lo', 'up']);
writeFileSync(join(work, 'hosts'), '127.0.0.1 localhost\n');
execFileSync('mount', ['--bind', join(work, 'hosts'), '/etc/hosts']);
const cluster = await startCluster();
const shell = new Shell(readerDirectory(), readerEnvironment());
let passed = 0;
let failed = 0;

try {
  await followPage('docs/guide.md');
  await shell.run('helm uninstall otel-collector -n re');
  await shell.run('helm install otel-collector ./upstream -n re');
  const { uid } = deployment().metadata;
  await followPage('docs/migration.md');
  await step('the Deployment of the upstream chart was changed in place', async () => {
    if (deployment().metadata.uid !== uid) throw new Error('it was replaced');
  });
  await followPage('docs/troubleshooting.md');
  await theResponses();
} finally {
  await shell.close();
  await cluster.stop();
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

async function step(name: string, attempt: () => Promise<unknown>): Promise<void> {
  try {
    await attempt();
    // Nothing else works without pitot, and every command would wait for it.
    if (cluster.pods.failures.length > 0) throw new Error(cluster.pods.failures.join('\n'));
    passed += 1;
    process.stdout.write(`ok   ${name}\n`);
  } catch (error) {
    failed += 1;
    process.stdout.write(`FAIL ${name}\n${(error as Error).message.replaceAll(/^/gm, '       ')}\n`);
  }
}

/** Runs the commands of a page, in blocks and in the text, and compares `text` blocks with the output before them. */
async function followPage(page: string): Promise<void> {
  const text = readFileSync(root + page, 'utf8');
  let output = '';
  for (const block of [...blocksOf(text), { language: '', text: '', prose: text.replace(/^[\s\S]*```/, '') }]) {
    for (const [, command] of block.prose.matchAll(/`(kubectl [^`]+)`/g)) {
      if (/port-forward|delete/.test(command!)) continue;
      await step(`${page}: ${command}`, () => run(command!));
    }
    if (cluster.pods.failures.length > 0) return;
    const name = `${page}: ${block.text.split('\n', 1)[0]!.replace(/ \\$/, '')}`;
    if (block.language === 'sh') {
      const reason = elsewhere.find(([pattern]) => pattern.test(block.text))?.[1];
      if (reason !== undefined) process.stdout.write(`skip ${name}: ${reason}\n`);
      else
        await step(name, async () => {
          output = await run(block.text);
        });
    } else if (block.language === 'text') await step(`${name}, as written`, () => expectOutput(block, output));
    else if (block.language === 'yaml') await useYaml(name, block);
  }
}

async function run(command: string): Promise<string> {
  const isInPitot = command.includes(' /pitot ');
  const named = command.replaceAll(/\b[A-Z]+_POD\b/g, worker).replaceAll(/\bPOD\b/g, isInPitot ? pitotPod() : worker);
  const output = await shell.run(named);
  await cluster.pods.settled();
  if (/^helm (upgrade|rollback)/.test(command)) await step('  and pitot runs', test);
  if (cluster.pods.failures.length === 0)
    for (const line of notes(output)) await step(`  notes: ${line}`, () => shell.run(line));
  return output;
}

/** The commands of Helm's installation notes. */
function notes(output: string): string[] {
  const [, text = ''] = output.split(/^NOTES:$/m);
  return [...text.matchAll(/^ {2}((?:kubectl|helm|curl) .*)$/gm)].map((match) => match[1]!);
}

/** Name of pitot's pod, of which there is one. */
function pitotPod(): string {
  const names = cluster.objects.list('Pod', 're').map(({ metadata }) => metadata.name as string);
  return names.find((name) => name !== worker && !name.endsWith('-test'))!;
}

function pitotLog(): string {
  return cluster.pods.logOf(pitotPod());
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !condition() && Date.now() < end; )
    await new Promise((done) => setTimeout(done, 100));
}

function deployment(): KubernetesObject {
  return cluster.objects.get('Deployment', 're', 'otel-collector-opentelemetry-collector');
}

async function test(): Promise<void> {
  await shell.run('helm test otel-collector -n re').catch((error: Error) => {
    throw new Error(`${error.message}\n${cluster.pods.logOf('otel-collector-opentelemetry-collector-test')}`);
  });
}

/** Compares a `text` block with the output, with the log, or with a command of its own. */
async function expectOutput({ text }: CodeBlock, output: string): Promise<void> {
  let actual = output;
  // Logged after minutes; a unit test has the text.
  if (/many short-lived processes/i.test(text)) return;
  const [, path] = text.match(/^POST (\S+) from \S+ rejected: /) ?? [];
  if (path !== undefined) {
    await fetch(`${service}:4318${path}`, { method: 'POST' });
    await until(() => pitotLog().includes(`POST ${path} `));
    actual = pitotLog().replaceAll('from 10.25.0.1 ', 'from 10.0.0.7 ');
    if (!actual.includes(text.trim())) throw new Error(`the log has no ${text}\n${actual.slice(-2000)}`);
    return;
  }
  if (/hint: .*endpont/.test(text)) {
    const [, line] = text.match(/relay\.yaml:(\d+):/)!;
    const config = 'receivers:\n  otlp:\n    protocols:\n      http:\n        endpont: 0.0.0.0:4318\n';
    writeFileSync(join(work, 'relay.yaml'), config);
    if (line !== '5') throw new Error('the example has another line');
    actual = await shell.run(`pitot validate --config=${work}/relay.yaml 2>&1 || true`);
    actual = actual.replaceAll(`${work}/`, '/conf/');
  }
  if (!shows(actual, text)) throw new Error(`expected\n${text}\nbut the output is\n${actual.slice(0, 3000)}`);
}

/** Compares the responses that the troubleshooting page lists with those of pitot. */
async function theResponses(): Promise<void> {
  const page = readFileSync(`${root}docs/troubleshooting.md`, 'utf8');
  const json = { 'content-type': 'application/json' };
  const cases: readonly [string, string, RequestInit][] = [
    ['a request without data', ':4318/v1/metrics', { method: 'POST', headers: json, body: '{}' }],
    ['a wrong path', ':4318/v1/metric', { method: 'POST', headers: json, body: '{}' }],
    ['port 8889', ':8889/v1/metrics', { method: 'POST', headers: json, body: '{}' }],
    ['port 8888', ':8888/v1/metrics', { method: 'POST', headers: json, body: '{}' }],
    [
      'another media type',
      ':4318/v1/metrics',
      { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'a:1|c' },
    ],
    ['a GET', ':4318/v1/metrics', {}],
  ];
  for (const [name, path, options] of cases)
    await step(`docs/troubleshooting.md: the response to ${name}`, async () => {
      const response = await fetch(service + path, options);
      const body = (await response.text()).trim();
      const row = response.ok
        ? `| \`${response.status}\`, \`${body}\` |`
        : `| \`${/^\d/.test(body) ? body : `${response.status} ${body}`}\` |`;
      if (!page.includes(row)) throw new Error(`the page has no row ${row}`);
    });
}

/** Uses the values that a page shows: variables for Airflow, of which the recorded requests then follow. */
async function useYaml(name: string, { text }: CodeBlock): Promise<void> {
  const { commonEnv } = parse(text);
  if (!commonEnv) return;
  const variables = Object.fromEntries(
    commonEnv.map((each: { name: string; value: string }) => [each.name, each.value]),
  );
  await step(`${name} An Airflow with these variables sends to pitot`, async () => {
    const image = 'registry.example/airflow';
    const spec = { containers: [{ name: 'worker', image, env: commonEnv }] };
    const metadata = { name: worker, namespace: 're', labels: { app: 'astro-agent' } };
    cluster.objects.put({ kind: 'Pod', apiVersion: 'v1', metadata, spec });
    await cluster.pods.settled();
    const { OTEL_EXPORTER_OTLP_ENDPOINT: to } = variables;
    await shell.run(`pitot replay ${root}test/fixtures/recordings/airflow-3.3 --speed=max --to ${to}`);
  });
}

/** The directory in which the reader is: a checkout, and the values files that the pages name. */
function readerDirectory(): string {
  const directory = join(work, 'checkout');
  mkdirSync(join(directory, 'upstream', 'templates'), { recursive: true });
  for (const name of ['helm', 'deploy', 'test']) symlinkSync(root + name, join(directory, name));
  symlinkSync(`${root}helm/ci/seed-values.yaml`, join(directory, 'otel-values.yaml'));
  // An installation of the upstream chart, for the migration.
  writeFileSync(
    join(directory, 'upstream', 'Chart.yaml'),
    'apiVersion: v2\nname: opentelemetry-collector\nversion: 0.158.0\n',
  );
  const rendered = readFileSync(`${root}test/helm/golden/upstream-chart-rendered.yaml`, 'utf8');
  writeFileSync(join(directory, 'upstream', 'templates', 'all.yaml'), rendered.replaceAll('{{', '{{ "{{" }}'));
  return directory;
}

function readerEnvironment(): NodeJS.ProcessEnv {
  const bin = join(work, 'bin');
  mkdirSync(bin);
  symlinkSync(helm!, join(bin, 'helm'));
  symlinkSync(kubectl!, join(bin, 'kubectl'));
  const pitot = `#!/bin/sh\nexec '${process.execPath}' '${root}src/main.ts' "$@"\n`;
  writeFileSync(join(bin, 'pitot'), pitot, { mode: 0o755 });
  // The reader's namespace: some commands do not name it.
  const context = { name: 'test', context: { cluster: 'test', user: 'test', namespace: 're' } };
  const clusters = [{ name: 'test', cluster: { server: cluster.url } }];
  const config = {
    kind: 'Config',
    apiVersion: 'v1',
    clusters,
    contexts: [context],
    users: [{ name: 'test', user: {} }],
  };
  writeFileSync(join(work, 'kubeconfig'), JSON.stringify({ ...config, 'current-context': 'test' }));
  return { HOME: work, KUBECONFIG: join(work, 'kubeconfig'), LANG: 'C.UTF-8', PATH: `${bin}:${process.env.PATH}` };
}
