/**
 * Runs the image as the upstream chart and pitot's chart do, and sends the requests that a cluster would send.
 *
 *   unshare --net sh -c 'ip link set lo up && node test/deploy/image/run.ts IMAGE'
 *
 * Needs a separate network namespace, so that the ports of the charts are free. Prints each check and 'N passed, N failed'.
 */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batchBodies } from '../../../bench/load/bodies.ts';
import { readRecording, servedTries } from '../../support/recording.ts';
import { readTextExposition } from '../../support/text-exposition.ts';
import { answers, check, exportOverGrpc, summary } from './checks.ts';
import { podman, podmanMeanwhile, runArguments, runToEnd, start, stop } from './podman.ts';
import { podFields, type RenderedContainer, renderedContainer } from './rendered-container.ts';

const image = process.argv[2];
if (!image) throw new Error('usage: run.ts IMAGE');
const repository = new URL('../../../', import.meta.url).pathname;
const work = mkdtempSync(join(tmpdir(), 'pitot-image-'));
chmodSync(work, 0o755);
const podIp = podFields['status.podIP'];

try {
  await theImage();
  await asRendered('the upstream chart', 'upstream-chart-rendered');
  await asRendered("pitot's chart", 'pitot-seed');
  await withState("pitot's chart with a volume", 'pitot-airflow');
  await outOfMemory("pitot's chart with 256Mi", 'pitot-airflow');
  await byDefault();
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = summary();

/** Checks the metadata and the files of the image. */
async function theImage(): Promise<void> {
  const [{ Config: config, Size: size }] = JSON.parse(podman('image', 'inspect', image!).stdout);
  process.stdout.write(`size of the image: ${(size / 1e6).toFixed(0)} MB\n`);
  await check('the image is smaller than 200 MB', () => assert.ok(size < 200e6, `${size} bytes`));
  await check('user, entry point, arguments, and configuration path equal those of the Collector image', () => {
    assert.equal(config.User, '10001:10001');
    assert.deepEqual(config.Entrypoint, ['/otelcol-contrib']);
    assert.deepEqual(config.Cmd, ['--config', '/etc/otelcol-contrib/config.yaml']);
  });
  await check('the image declares ports and labels', () => {
    const ports = Object.keys(config.ExposedPorts).map((port) => Number.parseInt(port, 10));
    assert.deepEqual(ports.sort(), [13133, 4317, 4318, 8888, 8889].sort());
    for (const label of ['title', 'description', 'licenses', 'version', 'revision', 'created'])
      assert.ok(config.Labels[`org.opencontainers.image.${label}`], label);
  });
  await check('the image contains no shell', () => {
    const { code, stderr } = runToEnd(image!, ['--entrypoint', '/bin/sh'], ['-c', 'true']);
    assert.equal(code, 127, stderr);
  });
  await check('the image contains the license notices of its components', () => {
    const read =
      "for (const file of ['LICENSE', 'THIRD-PARTY-NOTICES.txt']) console.log(fs.readFileSync('/licenses/' + file, 'utf8'))";
    const { stdout } = runToEnd(image!, ['--entrypoint', '/nodejs/bin/node'], ['-e', read]);
    assert.match(stdout, /Apache License/);
    assert.match(stdout, /fastify [\d.]+ \(MIT\)/);
  });
  for (const command of ['otelcol-contrib', 'pitot']) {
    await check(`/${command} --version answers under its name`, () => {
      const { code, stdout } = runToEnd(image!, ['--entrypoint', `/${command}`], ['--version']);
      assert.deepEqual([code, stdout.split(' ').slice(0, 2)], [0, [command, 'version']]);
    });
  }
  await check('an unknown flag is an error with a message', () => {
    const { code, stderr } = runToEnd(image!, [], ['--no-such-flag']);
    assert.equal(code, 1);
    assert.match(stderr, /unknown flag/);
  });
}

/** Returns options and arguments that start a rendered container. `state`: folder that replaces its volume. */
function podmanOptions(container: RenderedContainer, state?: string): [options: string[], args: string[]] {
  const folder = mkdtempSync(join(work, 'conf-'));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'relay.yaml'), container.config);
  const options = ['--volume', `${folder}:/conf:ro`, '--entrypoint', container.command[0]!];
  for (const [name, value] of Object.entries(container.env)) options.push('--env', `${name}=${value}`);
  if (container.memoryLimit) options.push('--memory', container.memoryLimit.replace('i', '').toLowerCase());
  for (const path of container.writable)
    options.push(...(path === '/tmp' ? ['--tmpfs', '/tmp:rw,size=64m,mode=1777'] : ['--volume', `${state}:${path}`]));
  return [options, [...container.command.slice(1), ...container.args]];
}

/** Starts the image as a chart does, sends a request to every port, and stops it. */
async function asRendered(chart: string, golden: string): Promise<void> {
  const name = `pitot-${golden}`;
  const [options, args] = podmanOptions(renderedContainer(`${repository}test/helm/golden/${golden}.yaml`));
  start(name, image!, options, args);
  await check(`${chart}: the probe of port 13133 succeeds`, () =>
    answers(`http://${podIp}:13133/`, /"Server available"/),
  );
  await check(`${chart}: uid 10001, process 1 of its own PID namespace, no capabilities`, () => {
    const pid = podman('inspect', name, '--format', '{{.State.Pid}}').stdout.trim();
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    assert.match(status, /^Uid:\t10001\t10001\t10001\t10001$/m);
    assert.match(status, /^NSpid:\t\d+\t1$/m);
    assert.match(status, /^CapEff:\t0+$/m);
  });
  await check(`${chart}: the root is read-only`, () => {
    const write = "try { fs.writeFileSync('/file', '') } catch (error) { console.log(error.code) }";
    assert.equal(podman('exec', name, '/nodejs/bin/node', '-e', write).stdout, 'EROFS\n');
  });
  await check(`${chart}: port 4318 accepts metrics, traces, and logs`, async () => {
    for (const signal of ['metrics', 'traces', 'logs']) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`http://127.0.0.1:4318/v1/${signal}`, { method: 'POST', headers, body: '{}' });
      assert.deepEqual([response.status, await response.text()], [200, '{"partialSuccess":{}}'], signal);
    }
  });
  await check(`${chart}: port 4317 accepts metrics over gRPC`, () =>
    assert.match(exportOverGrpc(`http://${podIp}:4317`), /grpc-status: 0/),
  );
  await check(`${chart}: the program of helm test succeeds`, () => {
    const { code, stderr } = podman(
      'exec',
      name,
      '/otlp-roundtrip',
      `http://${podIp}:4318`,
      `http://${podIp}:8889/metrics`,
    );
    assert.equal(code, 0, stderr);
  });
  await check(`${chart}: port 8888 exposes pitot's own metrics`, () =>
    answers(`http://${podIp}:8888/metrics`, /^otelcol_process_uptime/m),
  );
  await check(`${chart}: the subcommand healthcheck distinguishes a healthy process from a closed port`, () => {
    assert.equal(podman('exec', name, '/otelcol-contrib', 'healthcheck', `http://${podIp}:13133/`).code, 0);
    assert.equal(podman('exec', name, '/otelcol-contrib', 'healthcheck', `http://${podIp}:13134/`).code, 1);
  });
  await check(`${chart}: SIGTERM stops the process with status 0 within 5 s`, () =>
    assert.equal(stop(name, 5), 0, logs(name)),
  );
  podman('rm', '--force', name);
}

/** Creates a folder with the owner and mode of a volume with fsGroup. */
function volume(name: string): string {
  const folder = join(work, name);
  mkdirSync(folder);
  execFileSync('chown', [':10001', folder]);
  chmodSync(folder, 0o2770);
  return folder;
}

/** Checks that totals on the volume of a StatefulSet survive `kill -9`. */
async function withState(chart: string, golden: string): Promise<void> {
  const name = `pitot-${golden}`;
  const state = volume('state');
  const [options, args] = podmanOptions(renderedContainer(`${repository}test/helm/golden/${golden}.yaml`), state);
  start(name, image!, options, args);
  const recording = readRecording('airflow-3.3');
  await check(`${chart}: accepts a recording of Airflow`, async () => {
    await answers(`http://${podIp}:13133/`, /"Server available"/);
    for (const { path, headers, body } of recording.requests) {
      const response = await fetch(`http://${podIp}:4318${path}`, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
      });
      assert.equal(response.status, 200, await response.text());
    }
  });
  podman('kill', '--signal', 'KILL', name);
  podman('wait', name);
  podman('start', name);
  await check(`${chart}: totals equal Airflow's database after kill -9`, async () => {
    await answers(`http://${podIp}:13133/`, /"Server available"/);
    // pitot reports a new series as 0 until it has been scraped once.
    await fetch(`http://${podIp}:8889/metrics`).then((response) => response.text());
    const page = await fetch(`http://${podIp}:8889/metrics`).then((response) => response.text());
    assert.deepEqual(servedTries(readTextExposition(page), recording), recording.tries);
  });
  // Less than 5 s; the limit has a margin for a machine under load.
  await check(`${chart}: clients are refused for seconds only during an upgrade`, async () => {
    const gapMs = await longestGap(async () => {
      await podmanMeanwhile('stop', '--time', '5', name);
      await podmanMeanwhile('rm', name);
      await podmanMeanwhile(...runArguments(name, image!, options, args));
    });
    process.stdout.write(`upgrade: ${(gapMs / 1000).toFixed(1)} s without an accepted request\n`);
    assert.ok(gapMs < 30_000, `${gapMs} ms`);
  });
  await check(`${chart}: SIGTERM stops the process with status 0 within 5 s`, () =>
    assert.equal(stop(name, 5), 0, logs(name)),
  );
  podman('rm', '--force', name);
}

/** Sends a request every 50 ms while a pod is replaced, and until one is accepted. Returns the longest time without an accepted request, ms. */
async function longestGap(replace: () => Promise<void>): Promise<number> {
  let lastAccepted = performance.now();
  let longest = 0;
  let isReplaced = false;
  const replaced = replace().then(() => {
    isReplaced = true;
  });
  for (const end = Date.now() + 120_000; Date.now() < end; await new Promise((done) => setTimeout(done, 50))) {
    const url = `http://${podIp}:4318/v1/metrics`;
    const headers = { 'content-type': 'application/json' };
    const isAccepted = await fetch(url, {
      method: 'POST',
      headers,
      body: '{}',
      signal: AbortSignal.timeout(1_000),
    }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (!isAccepted) continue;
    longest = Math.max(longest, performance.now() - lastAccepted);
    lastAccepted = performance.now();
    if (isReplaced) break;
  }
  await replaced;
  return longest;
}

/** Checks that pitot refuses data above the memory limit, and that the kernel does not kill it. */
async function outOfMemory(chart: string, golden: string): Promise<void> {
  const name = 'pitot-out-of-memory';
  const rendered = renderedContainer(`${repository}test/helm/golden/${golden}.yaml`);
  // The flags that the chart sets for a limit of 256Mi.
  const env = { ...rendered.env, NODE_OPTIONS: '--max-old-space-size=153 --max-semi-space-size=16' };
  const state = volume('full');
  const [options, args] = podmanOptions({ ...rendered, env, memoryLimit: '256Mi' }, state);
  start(name, image!, options, args);
  await check(`${chart}: refuses data above the memory limit with 503`, async () => {
    await answers(`http://${podIp}:13133/`, /"Server available"/);
    let status = 200;
    for (const body of batchBodies({ kind: 'counter', batches: 1000, metrics: 10, points: 100, step: 100 })) {
      const headers = { 'content-type': 'application/x-protobuf' };
      const url = `http://${podIp}:4318/v1/metrics`;
      ({ status } = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) }));
      if (status !== 200) break;
    }
    assert.equal(status, 503);
  });
  await check(`${chart}: continues to serve scrapes, and the kernel does not kill it`, async () => {
    await answers(`http://${podIp}:8889/metrics`, /^airflow_ti_metric_0_total\{/m);
    const [{ State: now }] = JSON.parse(podman('inspect', name).stdout);
    assert.deepEqual([now.Running, now.OOMKilled], [true, false]);
  });
  podman('rm', '--force', '--time', '5', name);
}

/** Checks the image without arguments, as started by `docker run`. */
async function byDefault(): Promise<void> {
  const name = 'pitot-default';
  start(name, image!, []);
  await check('without arguments: the built-in configuration opens ports 4317, 4318, 8889, and 13133', async () => {
    await answers('http://127.0.0.1:13133/', /"Server available"/);
    const { code, stderr } = podman(
      'exec',
      name,
      '/otlp-roundtrip',
      'http://127.0.0.1:4318',
      'http://127.0.0.1:8889/metrics',
    );
    assert.equal(code, 0, stderr);
    assert.match(exportOverGrpc('http://127.0.0.1:4317'), /grpc-status: 0/);
  });
  await check('without arguments: the console answers', () => answers('http://127.0.0.1:8890/', /<script/));
  await check('without arguments: /pitot doctor finds its test point in /metrics', () => {
    const { stdout } = podman('exec', name, '/pitot', 'doctor');
    assert.match(stdout, /✓ Test point +accepted, found in http:\/\/localhost:8889\/metrics/);
  });
  await check("without arguments: the image's HEALTHCHECK succeeds", () => {
    const [{ Healthcheck: healthcheck }] = JSON.parse(podman('image', 'inspect', image!).stdout);
    const [kind, ...command] = healthcheck.Test;
    assert.equal(kind, 'CMD');
    const { code, stderr } = podman('exec', name, ...command);
    assert.equal(code, 0, stderr);
  });
  await check('without arguments: SIGTERM stops the process with status 0 within 5 s', () =>
    assert.equal(stop(name, 5), 0, logs(name)),
  );
  podman('rm', '--force', name);
}

function logs(name: string): string {
  const { stdout, stderr } = podman('logs', '--tail', '20', name);
  return stdout + stderr;
}
