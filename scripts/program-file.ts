import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';

/** Where the compiled form for this Node lies; V8 takes no other's. */
export function codeCachePath(folder: string): string {
  return join(folder, `pitot.${process.version}-${process.arch}.cache`);
}

/**
 * Compiles `pitot.cjs` of a folder, or takes the compiled form that lies beside it: half of the time to the first answer is
 * compiling otherwise (docs/performance.md). A form that V8 does not accept counts for nothing.
 */
export function compileProgram(folder: string): Script {
  const filename = join(folder, 'pitot.cjs');
  const cachedData = codeCacheOf(folder);
  return new Script(readFileSync(filename, 'latin1'), {
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

/** Up to 24.14, Node.js warns on loading SQLite that it is experimental: two lines above everything that pitot prints. */
function withoutSqliteWarning(): void {
  const emitWarning = process.emitWarning as (warning: string | Error, ...rest: unknown[]) => void;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).startsWith('SQLite is an experimental feature')) emitWarning.call(process, warning, ...rest);
  };
}
