import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { builtinConfig } from '../src/cli/builtin-config.ts';

const root = new URL('../', import.meta.url);
const text = (file: string) => readFileSync(new URL(file, root), 'utf8');
const json = (file: string) => JSON.parse(text(file));
const manifest = json('package.json');

test('the npm package installs no other package: the bundle contains them', () => {
  expect(manifest.dependencies).toBeUndefined();
  expect(manifest.optionalDependencies).toBeUndefined();
});

test('the Node.js of the checkout has one version', () => {
  const version = text('.node-version').trim();
  const { version: own, optionalDependencies: platforms } = json('packaging/node/package.json');
  expect(new Set([own, ...Object.values(platforms)])).toEqual(new Set([version]));
});

test('no package may run a script when it is installed unless package.json allows it', () => {
  const lock: Record<string, { hasInstallScript?: true }> = json('package-lock.json').packages;
  const withScript = Object.entries(lock).flatMap(([path, { hasInstallScript }]) =>
    hasInstallScript ? path.replace(/^.*node_modules\//, '') : [],
  );
  expect(Object.keys(manifest.allowScripts).sort()).toEqual([...new Set(withScript)].sort());
  expect(Object.values(manifest.allowScripts)).not.toContain(true);
  expect(text('.npmrc')).toMatch(/^strict-allow-scripts=true$/m);
});

test('the configuration of the Debian package is the built-in one, with totals on disk', () => {
  const expected = parse(builtinConfig);
  expected.exporters.prometheus.accumulation.storage = 'file_storage';
  expected.extensions.file_storage = { directory: '/var/lib/pitot' };
  expected.service.extensions.unshift('file_storage');
  expect(parse(text('packaging/deb/config.yaml'))).toEqual(expected);
});
