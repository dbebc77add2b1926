import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ask, postMetrics } from '../support/http.ts';
import { encodeMetrics } from '../support/otlp.ts';
import { configFile, freePorts } from '../support/pitot.ts';

/*
 * An output that nobody reads: a pipe as in `pitot | stopped`, a pipe of another user as in a container, a socket as under systemd. Each is
 * full after 64 KiB or a little more.
 */

const started: ChildProcess[] = [];
const pipes: number[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const fd of pipes.splice(0)) closeSync(fd);
});

/** The end of a pipe to which a process writes. Nobody reads from the other end. */
function unreadPipe(): number {
  const path = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'pipe');
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  pipes.push(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  const end = openSync(path, constants.O_WRONLY);
  pipes.push(end);
  return end;
}

const main = join(import.meta.dirname, '../../src/main.ts');

async function start(output: number | 'pipe'): Promise<{ child: ChildProcess; http: number; health: number }> {
  const [http, health] = (await freePorts(2)) as [number, number];
  const config = configFile({
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` } } } },
    exporters: { debug: { verbosity: 'detailed' } },
    extensions: { health_check: { endpoint: `127.0.0.1:${health}` } },
    service: {
      extensions: ['health_check'],
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: ['debug'] } },
    },
  });
  const child = spawn(process.execPath, [main, `--config=${config}`], { stdio: ['ignore', output, output] });
  started.push(child);
  await expect.poll(() => isOpen(http), { timeout: 60_000 }).toBe(true);
  return { child, http, health };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** Prints more than a pipe or socket holds. */
const body = encodeMetrics({
  resourceMetrics: [
    {
      scopeMetrics: [
        {
          metrics: Array.from({ length: 5_000 }, (_, i) => ({
            name: `metric_${i}`,
            gauge: { dataPoints: [{ asInt: 1, timeUnixNano: 1_700_000_000_000_000_000n }] },
          })),
        },
      ],
    },
  ],
});

test.each(['pipe', 'socket'] as const)('a %s that nobody reads stops neither requests nor the exit', async (kind) => {
  const { child, http, health } = await start(kind === 'pipe' ? unreadPipe() : 'pipe');
  for (let i = 0; i < 10; i += 1) expect((await postMetrics(http, body)).status).toBe(200);
  expect((await ask(health, { path: '/' })).status).toBe(200);
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});

test('a reload does not wait for it, either', async () => {
  const { child, http } = await start(unreadPipe());
  expect((await postMetrics(http, body)).status).toBe(200);
  child.kill('SIGHUP');
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});

test('an error at the start does not wait for it', async () => {
  const pipe = unreadPipe();
  const filler = spawnSync('sh', ['-c', 'yes | dd bs=4096 count=16 iflag=fullblock 2>/dev/null'], {
    stdio: ['ignore', pipe, 'ignore'],
  });
  expect(filler.status).toBe(0);
  const child = spawn(process.execPath, [main, '--config=/does/not/exist.yaml'], { stdio: ['ignore', pipe, pipe] });
  started.push(child);
  const exited = once(child, 'exit');
  expect(await exited).toEqual([1, null]);
});
