// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of the configuration language
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ConfigError } from './config-error.ts';
import { resolveConfig } from './resolve-config.ts';

const file = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'config.yaml');

function resolve(value: string) {
  writeFileSync(file, `exporters:\n  prometheus:\n    endpoint: :8889\n    namespace: '${value}'\n`);
  return resolveConfig({ locations: [file], environment: {} });
}

test.each([
  ['${FOO:-x}', 'write "${env:FOO:-x}"'],
  ['${FOO-x}', 'write "${env:FOO:-x}"'],
  ['${FOO:=x}', 'write "${env:FOO:-x}"'],
  ['${FOO:x}', 'write "${env:FOO:-x}"'],
  ['${env:FOO:x}', 'write "${env:FOO:-x}"'],
  ['${FOO:?missing}', 'write "${env:FOO}"'],
  ['${ENV:FOO}', 'write "${env:FOO}"'],
  ['a ${} b', 'write "${env:NAME}" with the name of a variable'],
  ['${env:}', 'write "${env:NAME}" with the name of a variable'],
  ['${1A}', 'a name has letters, digits, and underscores'],
  ['${foo.bar}', 'a text that is not a reference is written "$${foo.bar}"'],
  ['${env:foo.bar}', 'a text that is not a reference is written "$${env:foo.bar}"'],
])('%s is refused with its place and what to write', async (value, remedy) => {
  const error = await resolve(value).then(
    () => undefined,
    (reason: ConfigError) => reason,
  );
  expect(error?.hints).toEqual([expect.stringContaining(`hint: ${file}:4:5: exporters::prometheus::namespace: `)]);
  expect(error?.hints[0]).toContain(remedy);
});

test.each([
  ['$FOO', '${env:FOO}'],
  ['http://$HOST_IP:4318', '${env:HOST_IP}'],
  ['$(POD_NAME)', '${env:POD_NAME}'],
])('%s is used as it is, with a remark', async (value, write) => {
  const { raw, notices } = await resolve(value);
  expect(raw).toMatchObject({ exporters: { prometheus: { namespace: value } } });
  expect(notices).toEqual([
    {
      level: 'warn',
      message: 'Text looks like a reference to a variable, but is none',
      fields: { key: 'exporters::prometheus::namespace', write },
    },
  ]);
});

test.each(['$$FOO', '$1', '$${FOO}', 'a$', 'cost in $', '^[a-z]+$', '$Foo'])('%s has no remark', async (value) => {
  expect((await resolve(value)).notices).toEqual([]);
});
