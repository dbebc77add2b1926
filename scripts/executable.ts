/**
 * Builds the single executable: Node.js with the bundle inside (https://nodejs.org/api/single-executable-applications.html).
 *
 *   npm run executable [-- --target=linux-x64|linux-arm64|win-x64] [--out=release]
 *
 * Writes FOLDER/pitot-VERSION-TARGET/ with `pitot` and the licenses, and the same as .tar.gz; for Windows, pitot-VERSION-win-x64.exe
 * instead. The target defaults to this machine. Executables for another machine contain no compiled code, so they start more slowly.
 *
 * packaging/executable/node.json defines the version of Node.js, which differs from the checkout's: Node.js 26 needs libatomic.so.1, which
 * servers without a compiler do not have. Node.js 24 does not need it.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { inject } from 'postject';
import packageJson from '../package.json' with { type: 'json' };
import node from '../packaging/executable/node.json' with { type: 'json' };

type Target = keyof typeof node.integrity;

const here = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const { values } = parseArgs({
  options: { target: { type: 'string', default: here }, out: { type: 'string', default: 'release' } },
});
const { target } = values;
// The archive contains the modes of the files.
process.umask(0o022);
if (!isTarget(target)) throw new Error(`--target=${target}: use one of ${Object.keys(node.integrity).join(', ')}`);
if (!isTarget(here)) throw new Error(`this script runs on ${Object.keys(node.integrity).join(', ')}, not on ${here}`);

const name = `pitot-${packageJson.version}-${target}`;
const out = resolve(values.out, name);
const work = mkdtempSync(join(tmpdir(), 'pitot-executable-'));
try {
  await buildExecutable(target, here);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function buildExecutable(target: Target, here: Target): Promise<void> {
  const runtime = nodeFor(target);
  const builder = nodeFor(here);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });

  execFileSync(process.execPath, ['scripts/bundle.ts', `--out=${work}`]);
  const assets: Record<string, string> = { 'pitot.cjs': join(work, 'pitot.cjs') };
  if (target === here) {
    execFileSync(builder.program, ['scripts/make-code-cache.ts', work], { stdio: ['ignore', 'ignore', 'inherit'] });
    assets['pitot.cache'] = join(work, `pitot.v${node.version}-${process.arch}.cache`);
  }

  const blob = join(work, 'pitot.blob');
  writeFileSync(join(work, 'sea.json'), JSON.stringify(seaConfig(await mainScript(), blob, assets)));
  execFileSync(builder.program, ['--experimental-sea-config', join(work, 'sea.json')]);

  const program = join(out, target.startsWith('win') ? 'pitot.exe' : 'pitot');
  copyFileSync(runtime.program, program);
  chmodSync(program, 0o755);
  await inject(program, 'NODE_SEA_BLOB', readFileSync(blob), {
    sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
  });

  writeFileSync(join(out, 'LICENSE'), readFileSync('LICENSE'));
  copyFileSync(join(work, 'THIRD-PARTY-NOTICES.txt'), join(out, 'THIRD-PARTY-NOTICES.txt'));
  const separator = `\n${'-'.repeat(80)}\n\nNode.js ${node.version}\n\n`;
  appendFileSync(join(out, 'THIRD-PARTY-NOTICES.txt'), separator + readFileSync(builder.license, 'utf8'));
  if (target.startsWith('win')) copyFileSync(program, `${out}.exe`);
  else archive();
}

/** With the same bytes for the same files. */
function archive(): void {
  const owner = ['--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--sort=name'];
  execFileSync('tar', [...owner, '-czf', `${out}.tar.gz`, '-C', resolve(values.out), name]);
}

function seaConfig(main: string, output: string, assets: Record<string, string>): object {
  return {
    main,
    output,
    assets,
    disableExperimentalSEAWarning: true,
    // Same flag as in the first line of the bundle's commands (scripts/bundle.ts). NODE_OPTIONS takes precedence.
    execArgv: ['--max-semi-space-size=8'],
    execArgvExtension: 'env',
  };
}

async function mainScript(): Promise<string> {
  const outfile = join(work, 'main.cjs');
  const options = { bundle: true, platform: 'node', target: 'node24', format: 'cjs', logLevel: 'warning' } as const;
  await build({ entryPoints: ['scripts/launch-executable.ts'], outfile, ...options });
  return outfile;
}

/** Downloads Node.js for a target once, as a package of the npm registry whose content must have the known hash. */
function nodeFor(target: Target): { program: string; license: string } {
  const folder = resolve('node_modules/.cache/pitot', `node-${target}-${node.version}`);
  if (!existsSync(folder)) {
    const download = mkdtempSync(join(work, 'node-'));
    const spec = `node-${target}@${node.version}`;
    execFileSync('npm', ['pack', '--silent', spec, `--pack-destination=${download}`]);
    const archive = join(download, `node-${target}-${node.version}.tgz`);
    const hash = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (hash !== node.integrity[target]) throw new Error(`${spec}: content has the hash ${hash}`);
    execFileSync('tar', ['-xzf', archive, '-C', download]);
    mkdirSync(resolve(folder, '..'), { recursive: true });
    // The rename is atomic only within one file system.
    execFileSync('cp', ['-r', join(download, 'package'), `${folder}.${process.pid}`]);
    renameSync(`${folder}.${process.pid}`, folder);
  }
  return {
    program: join(folder, 'bin', target.startsWith('win') ? 'node.exe' : 'node'),
    license: join(folder, 'LICENSE'),
  };
}

function isTarget(name: string): name is Target {
  return name in node.integrity;
}
