import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { builtinConfig } from '#cli/builtin-config.ts';
import { ask } from '../support/http.ts';
import { deliver } from '../support/otlp-client.ts';
import { freePorts, type RunningPitot, startPitot, untilListening, untilLogged } from '../support/pitot.ts';
import { readRecording, servedTries } from '../support/recording.ts';
import { readTextExposition } from '../support/text-exposition.ts';

/*
 * Directory of the totals of the built-in configuration: PITOT_STATE_DIR, which must be writable, or the state
 * directory of the user, or none (in memory).
 */

const running: RunningPitot[] = [];
afterEach(() => Promise.all(running.splice(0).map((each) => each.stop())));

const recording = readRecording('airflow-3.3');
const newDirectory = () => mkdtempSync(join(tmpdir(), 'pitot-state-'));

/** Nobody can create it, not even root. */
const refused = '/dev/null/state';

/** Starts the built-in configuration on free ports. */
async function start(stateDirectory: string, env: NodeJS.ProcessEnv = {}) {
  const [http, grpc, page, health] = (await freePorts(4)) as [number, number, number, number];
  const local = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  const ports = {
    receivers: { otlp: { protocols: { http: local(http), grpc: local(grpc) } } },
    exporters: { prometheus: local(page) },
    extensions: { health_check: local(health) },
    service: { telemetry: { metrics: { level: 'none' } } },
  };
  const args = [`--config=yaml:${builtinConfig(stateDirectory)}`, `--config=yaml:${JSON.stringify(ports)}`];
  const pitot = startPitot(args, { PITOT_STATE_DIR: '', ...env });
  running.push(pitot);
  const read = async () => readTextExposition((await ask(page, { path: '/metrics' })).body);
  return { pitot, http, read, untilListening: () => untilListening(pitot, [http, grpc, page, health]) };
}

describe('totals of the built-in configuration', () => {
  test.each([
    ['in the state directory of the user', (directory: string) => [directory, {}] as const],
    ['in PITOT_STATE_DIR', (directory: string) => [refused, { PITOT_STATE_DIR: directory }] as const],
  ])('%s survive a restart, and the log names the file', async (_, choose) => {
    const directory = join(newDirectory(), 'created');
    const [stateDirectory, env] = choose(directory);
    const first = await start(stateDirectory, env);
    await first.untilListening();
    await deliver(first.http, recording.requests);
    expect(servedTries(await first.read(), recording)).toEqual(recording.tries);
    expect(await first.pitot.stop()).toBe(0);
    const second = await start(stateDirectory, env);
    await second.untilListening();
    await untilLogged(second.pitot, `"file": "${directory}/file_storage.db"`);
    expect(servedTries(await second.read(), recording)).toEqual(recording.tries);
  });

  test('are in memory if the state directory is not writable, and the log says why', async () => {
    const { pitot, untilListening, http, read } = await start(refused);
    await untilListening();
    await untilLogged(pitot, 'Totals are in memory only, and a restart resets them');
    expect(pitot.output().toString()).toContain(refused);
    expect(await deliver(http, recording.requests)).toEqual({ refused: 0, cutOff: 0 });
    expect(servedTries(await read(), recording)).toEqual(recording.tries);
  });

  test('end the start if PITOT_STATE_DIR is not writable', async () => {
    const { pitot } = await start(newDirectory(), { PITOT_STATE_DIR: refused });
    expect(await new Promise((resolve) => pitot.process.once('exit', resolve))).toBe(1);
    expect(pitot.output().toString()).toContain(`problem accessing configured directory: ${refused}, err:`);
    expect(pitot.output().toString()).toContain('a part of the path is a file; write the name of a directory');
  });
});
