/**
 * Bundles the program in `dist/` or another folder: `pitot.cjs`, the launchers `otelcol-contrib` and `pitot`, the program of `helm test`,
 * the built-in configuration as a file, and the license notices of all packages in the bundle. Two runs write the same bytes.
 *
 *   npm run bundle [-- --out=FOLDER] [--node=/nodejs/bin/node] [--code-cache]
 *
 * `--node` sets the interpreter of the launchers, by default the `node` in PATH. `--code-cache` adds the compiled code for the Node.js
 * that runs this script. Its bytes differ from run to run.
 *
 * The launchers are CommonJS and have no file extension, because the container runs `/otelcol-contrib`. An ES module without an extension
 * would print nothing and exit with status 0 if a package.json declares "commonjs".
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build, type Metafile, type Plugin } from 'esbuild';
import { builtinConfig, systemStateDirectory } from '#cli/builtin-config.ts';
import { factoriesFor } from '#components.ts';
import { configurationSchema } from '#config/json-schema.ts';
import { userAgentPatterns } from '#ottl/functions/user-agent-patterns.ts';
import { buildConsole } from '../console/build.ts';
import packageJson from '../package.json' with { type: 'json' };
import { monitoringFiles } from '../src/cli/monitoring-files.ts';
import { billOfMaterials, bundledPackages, notices } from './bundled-packages.ts';

const components = await factoriesFor();

const { values } = parseArgs({
  options: {
    node: { type: 'string' },
    out: { type: 'string', default: 'dist' },
    'code-cache': { type: 'boolean', default: false },
  },
});
// npm packs the modes of the files, and everybody may read the bundle. esbuild's process inherits this.
process.umask(0o022);
/** Limits the young generation. Less than 8 MB costs CPU, more only memory (docs/performance.md). */
const nodeFlag = '--max-semi-space-size=8';
// Linux passes at most one argument to an interpreter.
const interpreter = values.node === undefined ? `/usr/bin/env -S node ${nodeFlag}` : `${values.node} ${nodeFlag}`;
// The npm package starts `pitot` on every system. `env` of Alpine Linux does not support -S.
const portableInterpreter = values.node === undefined ? '/usr/bin/env node' : interpreter;
const out = resolve(values.out);

/**
 * Omits code that pitot does not use: zod's messages in fifty languages, and the compilers of Fastify's schemas
 * (src/http/http-server.ts). This saves 650 kB of source, which would remain in memory, and 10 ms per start.
 */
const withoutUnused: Plugin = {
  name: 'without-unused',
  setup(build) {
    const unused = /(zod[/\\]v4[/\\]locales|@fastify[/\\](ajv|fast-json-stringify)-compiler)[/\\]index\.js$/;
    build.onLoad({ filter: unused }, () => ({ contents: '' }));
  },
};

/**
 * Omits the parts of Kubernetes' client that pitot does not use: generated classes of all resources, and its own HTTP client. What remains
 * reads credentials (src/kubernetes/kube-config.ts). This saves 1.1 MB of source.
 */
const withoutKubernetesApi: Plugin = {
  name: 'without-kubernetes-api',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, ({ importer }) =>
      importer.includes('client-node') ? { path: 'undici', namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /^undici$/, namespace: 'unused' }, () => ({
      contents: 'module.exports = { Agent: class {}, ProxyAgent: class {} };',
    }));
    build.onLoad({ filter: /client-node[/\\]dist[/\\](gen[/\\]index|middleware)\.js$/ }, () => ({
      contents:
        'export const createConfiguration = undefined, setHeaderMiddleware = undefined; export class ServerConfiguration {}',
    }));
  },
};

const consolePage = await buildConsole();

/** The built files of the console's page in the place of the module that builds them. */
const withConsolePage: Plugin = {
  name: 'with-console-page',
  setup(build) {
    const text = (file: Uint8Array) => JSON.stringify(gzipSync(file, { level: 9 }).toString('base64'));
    const contents = `import { assetsOf } from './assets.ts';
const bytes = (text) => Buffer.from(text, 'base64');
export const loadAssets = async () => assetsOf({ script: bytes(${text(consolePage.script)}), style: bytes(${text(consolePage.style)}) });`;
    build.onLoad({ filter: /console[/\\]web[/\\]built-assets\.ts$/ }, () => ({ contents, loader: 'ts' }));
  },
};

/** Puts the rules and dashboards into the bundle, compressed. */
const monitoring: Plugin = {
  name: 'monitoring',
  setup(build) {
    build.onLoad({ filter: /[/\\]cli[/\\]monitoring-files\.ts$/ }, () => {
      const text = JSON.stringify(gzipSync(JSON.stringify(monitoringFiles()), { level: 9 }).toString('base64'));
      const contents = `import { gunzipSync } from 'node:zlib';
export const monitoringFiles = () => JSON.parse(gunzipSync(Buffer.from(${text}, 'base64')).toString());`;
      return { contents, loader: 'ts' };
    });
  },
};

/** Puts the patterns of user agents into the bundle as JSON, which is parsed only if a statement uses them. */
const userAgents: Plugin = {
  name: 'user-agents',
  setup(build) {
    build.onLoad({ filter: /[/\\]ottl[/\\]functions[/\\]user-agent-patterns\.ts$/ }, () => {
      const { user_agent_parsers, os_parsers } = userAgentPatterns();
      const json = JSON.stringify(JSON.stringify({ user_agent_parsers, os_parsers }));
      return { contents: `export const userAgentPatterns = () => JSON.parse(${json});` };
    });
  },
};

mkdirSync(out, { recursive: true });
// The package.json of the checkout declares ES modules. The bundles are CommonJS.
writeFileSync(join(out, 'package.json'), '{"type":"commonjs"}\n');
for (const file of readdirSync(out)) if (file.endsWith('.cache')) rmSync(join(out, file));
// The program of the background thread is a text in the bundle, so that a single executable has it, too.
await bundle('src/background/worker.ts', 'worker.cjs');
const worker = readFileSync(join(out, 'worker.cjs'), 'utf8');
rmSync(join(out, 'worker.cjs'));
const program = await bundle('src/main.ts', 'pitot.cjs', { define: { backgroundProgram: JSON.stringify(worker) } });
// The launcher calls this function. The code is ASCII, because otherwise every character would need two bytes in memory and during
// compilation. esbuild escapes other characters in strings, but not in regular expressions.
const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
rewrite(
  'pitot.cjs',
  (code) => `(function (require, __filename, __dirname, bundleUrl) {${code.replace(/[^\0-\x7f]/g, escaped)}\n});\n`,
);
await executable('scripts/launch.ts', 'otelcol-contrib', interpreter);
await executable('scripts/launch.ts', 'pitot', portableInterpreter);
await executable('scripts/otlp-roundtrip.ts', 'otlp-roundtrip', interpreter);
writeFileSync(join(out, 'config.schema.json'), JSON.stringify(configurationSchema(components)));
writeFileSync(join(out, 'config.yaml'), builtinConfig(systemStateDirectory).trimStart());
// esbuild does not see that the plugin reads uap-core.
const files = [
  ...Object.keys(program.inputs),
  ...Object.keys(consolePage.inputs),
  'node_modules/uap-core/regexes.yaml',
];
const packages = bundledPackages(files);
writeFileSync(join(out, 'THIRD-PARTY-NOTICES.txt'), notices(packages));
writeFileSync(join(out, 'bom.cdx.json'), billOfMaterials(packages));
if (values['code-cache'])
  execFileSync(process.execPath, ['scripts/make-code-cache.ts', out], { stdio: ['ignore', 'ignore', 'inherit'] });

/** Bundles a command that reports in one line which Node.js it needs, in syntax that Node.js 12 can parse. */
async function executable(entry: string, name: string, interpreter: string): Promise<void> {
  await bundle(entry, name, { target: 'node12' });
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

/** Writes one bundle and returns esbuild's metadata of its inputs. */
async function bundle(
  entry: string,
  name: string,
  { target = 'node24', define = {} }: { target?: string; define?: Record<string, string> } = {},
): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: join(out, name),
    bundle: true,
    platform: 'node',
    target,
    format: 'cjs',
    minifySyntax: true,
    // The source remains in memory. A limited line length keeps positions in stack traces useful.
    minifyWhitespace: true,
    lineLimit: 120,
    legalComments: 'none',
    metafile: true,
    // `import.meta.url` does not exist in CommonJS.
    define: { 'import.meta.url': 'bundleUrl', ...define },
    loader: { '.proto': 'text' },
    plugins: [withoutUnused, withoutKubernetesApi, withConsolePage, monitoring, userAgents],
    logLevel: 'warning',
  });
  // esbuild keeps the shebang of an entry point.
  rewrite(name, (code) => code.replace(/^#!.*\n/, ''));
  return metafile;
}
