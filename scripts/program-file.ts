import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';

/** Returns the path of the compiled code for this version of Node.js. V8 rejects that of other versions. */
export function codeCachePath(folder: string): string {
  return join(folder, `pitot.${process.version}-${process.arch}.cache`);
}

/**
 * Compiles `pitot.cjs` of a folder, or loads its compiled code. Without compiled code, compiling is half of the time to the first
 * response (docs/performance.md). Compiles if V8 rejects the compiled code.
 */
export function compileProgramOf(folder: string): Script {
  const filename = join(folder, 'pitot.cjs');
  return compileProgram(readFileSync(filename, 'latin1'), filename, codeCacheOf(folder));
}

/** Compiles the text of `pitot.cjs`. V8 ignores `cachedData` of another version. */
export function compileProgram(source: string, filename: string, cachedData: Buffer | undefined): Script {
  return new Script(source, {
    filename,
    ...(cachedData && { cachedData }),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
}

/** Runs the program as if Node.js had started `pitot.cjs` of the folder. */
export function runProgram(program: Script, folder: string): void {
  withoutSqliteWarning();
  const filename = join(folder, 'pitot.cjs');
  program.runInThisContext()(createRequire(filename), filename, folder, pathToFileURL(filename).href);
}

function codeCacheOf(folder: string): Buffer | undefined {
  try {
    return readFileSync(codeCachePath(folder));
  } catch {
    return undefined;
  }
}

/** Suppresses the warning that SQLite is experimental, which Node.js up to 24.14 prints when it is loaded. */
function withoutSqliteWarning(): void {
  const emitWarning = process.emitWarning as (warning: string | Error, ...rest: unknown[]) => void;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).startsWith('SQLite is an experimental feature')) emitWarning.call(process, warning, ...rest);
  };
}
