/**
 * Bundles the program, in `dist/` or another folder: `pitot.cjs`, the launchers `otelcol-contrib` and `pitot`, the program of `helm test`,
 * the built-in configuration as a file, and the notices of all packages in the bundle. Two runs write the same bytes.
 *
 *   npm run bundle [-- --out=FOLDER] [--node=/nodejs/bin/node] [--code-cache]
 *
 * `--node` is the interpreter of the launchers; without it they use the `node` of PATH. `--code-cache` adds the compiled form for the
 * Node.js that runs this script. Its bytes differ from run to run.
 *
 * CommonJS, and no file extension for the launchers, because the container runs `/otelcol-contrib` itself: an ES module without an
 * extension prints nothing and exits 0 below a package.json that says "commonjs".
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type Metafile, type Plugin } from 'esbuild';
import { builtinConfig } from '#cli/builtin-config.ts';
import packageJson from '../package.json' with { type: 'json' };

const { values } = parseArgs({
  options: {
    node: { type: 'string' },
    out: { type: 'string', default: 'dist' },
    'code-cache': { type: 'boolean', default: false },
  },
});
/** A bound on the young generation, in MB: less costs CPU, more only memory (docs/performance.md). */
const nodeFlag = '--max-semi-space-size=8';
// Linux hands the interpreter one argument at most.
const interpreter = values.node === undefined ? `/usr/bin/env -S node ${nodeFlag}` : `${values.node} ${nodeFlag}`;
// The npm package starts `pitot` everywhere; `env` of Alpine Linux does not know -S.
const portableInterpreter = values.node === undefined ? '/usr/bin/env node' : interpreter;
const out = resolve(values.out);

/**
 * What nothing here asks for: zod's messages in fifty languages, and the compilers of Fastify's schemas (src/http/http-server.ts).
 * 650 kB of source, which stays in memory, and 10 ms of each start.
 */
const withoutUnused: Plugin = {
  name: 'without-unused',
  setup(build) {
    const unused = /(zod[/\\]v4[/\\]locales|@fastify[/\\](ajv|fast-json-stringify)-compiler)[/\\]index\.js$/;
    build.onLoad({ filter: unused }, () => ({ contents: '' }));
  },
};

mkdirSync(out, { recursive: true });
// The checkout's package.json says "module"; the bundles are not.
writeFileSync(join(out, 'package.json'), '{"type":"commonjs"}\n');
for (const file of readdirSync(out)) if (file.endsWith('.cache')) rmSync(join(out, file));
const program = await bundle('src/main.ts', 'pitot.cjs');
// The launcher calls it; and all in ASCII, or every character would take two bytes in memory and while it is compiled.
rewrite(
  'pitot.cjs',
  (code) => `(function (require, __filename, __dirname, bundleUrl) {${code.replace(/[^\0-\x7f]/g, '?')}\n});\n`,
);
await executable('scripts/launch.ts', 'otelcol-contrib', interpreter);
await executable('scripts/launch.ts', 'pitot', portableInterpreter);
await executable('scripts/otlp-roundtrip.ts', 'otlp-roundtrip', interpreter);
writeFileSync(join(out, 'config.yaml'), builtinConfig.trimStart());
writeFileSync(join(out, 'THIRD-PARTY-NOTICES.txt'), notices(program));
if (values['code-cache'])
  execFileSync(process.execPath, ['scripts/make-code-cache.ts', out], { stdio: ['ignore', 'ignore', 'inherit'] });

/** Bundles a command that says in one line which Node.js it needs, in syntax that a Node.js as old as 12 reads. */
async function executable(entry: string, name: string, interpreter: string): Promise<void> {
  await bundle(entry, name, 'node12');
  rewrite(name, (code) => `#!${interpreter}\n${versionCheck()}\n${code}`);
  chmodSync(join(out, name), 0o755);
}

function versionCheck(): string {
  const needed = packageJson.engines.node.replace(/\D/g, '');
  const message = `'pitot needs Node.js ${needed} or later; this is Node.js ' + process.versions.node + ' (' + process.execPath + ')\\n'`;
  return `if (parseInt(process.versions.node) < ${needed}) { process.stderr.write(${message}); process.exit(1); }`;
}

function rewrite(name: string, change: (code: string) => string): void {
  writeFileSync(join(out, name), change(readFileSync(join(out, name), 'utf8')));
}

/** Writes one file and returns what esbuild knows about its inputs. */
async function bundle(entry: string, name: string, target = 'node24'): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: join(out, name),
    bundle: true,
    platform: 'node',
    target,
    format: 'cjs',
    minifySyntax: true,
    // The source stays in memory; lines that are not too long still tell where in it something happened.
    minifyWhitespace: true,
    lineLimit: 120,
    legalComments: 'none',
    metafile: true,
    // `import.meta.url` does not exist in CommonJS.
    define: { 'import.meta.url': 'bundleUrl' },
    loader: { '.proto': 'text' },
    plugins: [withoutUnused],
    logLevel: 'warning',
  });
  // esbuild takes over the shebang of an entry that has one.
  rewrite(name, (code) => code.replace(/^#!.*\n/, ''));
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
