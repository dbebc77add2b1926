import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { buildInfoFor } from '#build-info.ts';
import { interpret } from './commands.ts';

const folder = mkdtempSync(join(tmpdir(), 'pitot-diff-'));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const closers: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const diff = (...args: string[]) =>
  interpret({ args: ['diff', ...args], build: buildInfoFor('pitot'), environment: {} });

async function served(text: string, status = 200): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end(text));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/metrics`;
}

test('compares a file with a URL, and its exit status says whether they differ', async () => {
  const a = file('a.txt', 'x 1\ny 2\n');
  expect(await diff(a, await served('y 2\nx 1\n'))).toEqual({ print: 'No differences.\n', exitCode: 0 });
  expect(await diff(a, await served('x 1\ny 3\n'))).toEqual({
    print: '~ y  2 → 3\n1 differences: 1 value.\n',
    exitCode: 1,
  });
});

test('lists at most the limit, and all as JSON', async () => {
  const [a, b] = [file('a.txt', 'x{l="1"} 1\nx{l="2"} 1\n'), file('b.txt', 'x{l="3"} 1\n')];
  expect(await diff(a, b, '--limit=1')).toMatchObject({
    print: '- x{l="1"}  1\n… 2 more; --limit=0 lists all\n3 differences: 3 series.\n',
  });
  const outcome = await diff(a, b, '--json');
  expect(JSON.parse('print' in outcome ? outcome.print : '').length).toBe(3);
});

test.each([
  [() => join(folder, 'missing.txt'), /^Error: open .*missing\.txt: no such file or directory$/],
  [() => file('bad.txt', 'x\n'), /^Error: .*bad\.txt: line 1, column 2: "" is not a number$/],
  [() => 'http://127.0.0.1:2/metrics', /^Error: GET http:\/\/127\.0\.0\.1:2\/metrics: /],
])('a source that cannot be read has exit status 2 and is named', async (source, message) => {
  expect(await diff(source(), file('a.txt', 'x 1\n'))).toMatchObject({
    exitCode: 2,
    remarks: [expect.stringMatching(message)],
  });
});

test('a response that is not 200 is no source', async () => {
  expect(await diff(await served('x 1\n', 500), file('a.txt', 'x 1\n'))).toMatchObject({ exitCode: 2 });
});
