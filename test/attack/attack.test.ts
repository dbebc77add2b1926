import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/http.ts';
import { kinds } from './kinds.ts';
import { Observer } from './observer.ts';
import { Target } from './target.ts';

/*
 * Legal requests that fill the largest body with one kind of content, sent to the bundle in a cgroup of 512 MiB. `npm run bundle` first.
 */

const program = join(import.meta.dirname, '../../dist');
let tried = 0;
let held = 0;
afterAll(() => console.log(`attack: ${tried} tried, ${held} held`));

describe.each([false, true])('with storage: %s', (hasStorage) => {
  let target: Target;
  let observer: Observer;

  beforeAll(async () => {
    expect(existsSync(join(program, 'otelcol-contrib'))).toBe(true);
    target = await Target.start({ program, mebibytes: 512, hasStorage });
    observer = new Observer([{ port: target.ports.health, path: '/' }]);
  });
  afterAll(async () => {
    await observer?.stop();
    await target?.remove();
  });

  test.each(kinds.map((kind) => [kind.name, kind] as const))(
    '%s neither ends the process nor its /metrics output',
    async (_, kind) => {
      tried += 1;
      const type = kind.format === 'json' ? 'application/json' : 'application/x-protobuf';
      const body = kind.body();
      const path = `/v1/${kind.signal}`;
      const { status } = await ask(target.ports.http, {
        method: 'POST',
        path,
        headers: { 'content-type': type },
        body,
      });
      expect([200, 400, 413, 429, 503]).toContain(status);
      expect(target.isRunning).toBe(true);
      expect((await ask(target.ports.page, { path: '/metrics' })).status).toBe(200);
      const { asked, failed } = await observer.take();
      expect(failed).toBe(0);
      expect(asked).toBeGreaterThan(0);
      expect(target.cgroup?.kills() ?? 0).toBe(0);
      held += 1;
    },
  );
});
