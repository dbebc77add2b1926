/**
 * Bundles the program for the image: `dist/otelcol-contrib` and its copy `dist/pitot`, one CommonJS file each with a shebang, the
 * program of `helm test`, the built-in configuration as a file, and the notices of everything that went in.
 *
 *   npm run bundle [-- --node=/nodejs/bin/node]
 *
 * CommonJS and no file extension, because the container runs `/otelcol-contrib` itself: an ES module without an extension prints
 * nothing and exits 0 below a package.json that says "commonjs".
 */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type Metafile } from 'esbuild';
import { builtinConfig } from '../src/cli/builtin-config.ts';

const { values } = parseArgs({ options: { node: { type: 'string' }, out: { type: 'string', default: 'dist' } } });
// Linux hands the interpreter one argument at most: `/usr/bin/env node` or a path, nothing more.
const interpreter = values.node ?? '/usr/bin/env node';
const out = values.out;

mkdirSync(out, { recursive: true });
// The checkout's package.json says "module"; the bundles are not.
writeFileSync(join(out, 'package.json'), '{"type":"commonjs"}\n');
const program = await bundle('src/main.ts', 'otelcol-contrib');
copyFileSync(join(out, 'otelcol-contrib'), join(out, 'pitot'));
await bundle('scripts/otlp-roundtrip.ts', 'otlp-roundtrip');
writeFileSync(join(out, 'config.yaml'), builtinConfig.trimStart());
writeFileSync(join(out, 'THIRD-PARTY-NOTICES.txt'), notices(program));

/** Writes one executable and returns what esbuild knows about its inputs. */
async function bundle(entry: string, name: string): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: join(out, name),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minifySyntax: true,
    legalComments: 'none',
    metafile: true,
    // `import.meta.url` does not exist in CommonJS.
    banner: { js: `const bundleUrl = require('node:url').pathToFileURL(__filename).href;` },
    define: { 'import.meta.url': 'bundleUrl' },
    loader: { '.proto': 'text' },
    logLevel: 'warning',
  });
  // esbuild takes over the shebang of an entry that has one.
  const code = readFileSync(join(out, name), 'utf8').replace(/^#!.*\n/, '');
  writeFileSync(join(out, name), `#!${interpreter}\n${code}`);
  chmodSync(join(out, name), 0o755);
  return metafile;
}

/** Names, versions and licences of the packages in a bundle. */
function notices({ inputs }: Metafile): string {
  const folders = Object.keys(inputs).flatMap((path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []);
  const parts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const texts = readdirSync(folder).filter(
      (file) => /^(licen[cs]e|notice|copying)/i.test(file) && existsSync(join(folder, file)),
    );
    return [
      `${name} ${version} (${license})`,
      ...texts.map((file) => readFileSync(join(folder, file), 'utf8').trim()),
    ].join('\n\n');
  });
  return `${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
