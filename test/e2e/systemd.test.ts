import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { configFile, freePorts, type RunningPitot, startPitot, untilLogged } from '../support/pitot.ts';

let pitot: RunningPitot | undefined;
afterEach(() => pitot?.stop());

/** Starts pitot with a `systemd-notify` that writes its arguments to a file and exits with a status. */
async function start(environment: NodeJS.ProcessEnv, code = 0): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pitot-systemd-'));
  const told = join(folder, 'told');
  writeFileSync(told, '');
  writeFileSync(join(folder, 'systemd-notify'), `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >>${told}\nexit ${code}\n`);
  chmodSync(join(folder, 'systemd-notify'), 0o755);
  const [http] = await freePorts(1);
  const config = configFile({
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` } } } },
    exporters: { debug: null },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: ['debug'] } },
    },
  });
  pitot = startPitot([`--config=${config}`], { ...environment, PATH: `${folder}:${process.env.PATH}` });
  return told;
}

test('reports the completed start once', async () => {
  const told = await start({ NOTIFY_SOCKET: '/run/test.sock' });
  await untilLogged(pitot!, 'Everything is ready');
  await expect.poll(() => readFileSync(told, 'utf8'), { timeout: 30_000 }).toBe('/run/test.sock --ready\n');
  expect(await pitot!.stop()).toBe(0);
  expect(readFileSync(told, 'utf8')).toBe('/run/test.sock --ready\n');
});

test('continues and logs a warning if systemd cannot be reached', async () => {
  await start({ NOTIFY_SOCKET: '/run/test.sock' }, 1);
  await untilLogged(pitot!, 'Cannot report the start to systemd');
  expect(await pitot!.stop()).toBe(0);
});

test('reports nothing outside of systemd', async () => {
  const told = await start({ NOTIFY_SOCKET: '' });
  await untilLogged(pitot!, 'Everything is ready');
  expect(await pitot!.stop()).toBe(0);
  expect(readFileSync(told, 'utf8')).toBe('');
});
