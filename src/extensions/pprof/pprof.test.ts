import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '#config/schema.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { ask } from '../../../test/support/http.ts';
import { freePorts } from '../../../test/support/pitot.ts';
import { pprofConfig } from './config.ts';
import { Pprof } from './pprof.ts';

async function started(raw: object = {}) {
  const [port] = await freePorts(1);
  const parsed = parseConfig(pprofConfig, { endpoint: `127.0.0.1:${port}`, ...raw });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const pprof = new Pprof(parsed.value, testSettings('pprof'));
  await pprof.start({ extension: () => undefined, fatal: () => {} });
  return { pprof, get: (path: string) => ask(port!, { path }) };
}

test('returns a CPU profile of the requested duration, and refuses a second one at the same time', async () => {
  const { pprof, get } = await started();
  const [first, second] = await Promise.all([
    get('/debug/pprof/profile?seconds=0.2'),
    get('/debug/pprof/profile?seconds=0.2'),
  ]);
  expect([first.status, second.status].sort()).toStrictEqual([200, 409]);
  const profile = first.status === 200 ? first : second;
  expect(JSON.parse(String(profile.body)).nodes.length).toBeGreaterThan(0);
  expect((await get('/debug/pprof/profile?seconds=301')).status).toBe(400);
  await pprof.shutdown(AbortSignal.timeout(1000));
});

test('the profile of the whole run is written at shutdown', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'run.cpuprofile');
  const { pprof } = await started({ save_to_file: file });
  await pprof.shutdown(AbortSignal.timeout(1000));
  expect(JSON.parse(readFileSync(file, 'utf8')).nodes.length).toBeGreaterThan(0);
});

test('refuses a snapshot of a large heap', async () => {
  const { pprof, get } = await started({ max_heap_snapshot_mib: 1 });
  const answer = await get('/debug/pprof/heap');
  expect([answer.status, String(answer.body)]).toEqual([
    507,
    expect.stringContaining('exceeds max_heap_snapshot_mib (1)'),
  ]);
  await pprof.shutdown(AbortSignal.timeout(1000));
});
