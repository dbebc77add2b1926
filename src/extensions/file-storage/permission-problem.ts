import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory } from '#files/make-directory.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'read-only file system',
};

/**
 * Returns the reason why this process cannot create or write a file, and the command that corrects it. Undefined if
 * permissions are not the problem: the disk might be full, which can pass.
 */
export function permissionProblem(path: string): string | undefined {
  const directory = dirname(path);
  const exists = existsSync(directory);
  const code = exists ? refusalIn(path) : refusal(() => makeDirectory(directory, 0o750));
  if (code === undefined) return undefined;
  return `cannot write to ${directory}: ${reasons[code]}${remedy(code, { directory, exists })}`;
}

/** SQLite writes the file itself and the write-ahead log next to it. */
function refusalIn(path: string): string | undefined {
  const probe = `${path}.probe`;
  const inDirectory = refusal(() => {
    closeSync(openSync(probe, 'w'));
    rmSync(probe);
  });
  const files = [path, `${path}-wal`].filter((file) => existsSync(file));
  return files.reduce((code, file) => code ?? refusal(() => closeSync(openSync(file, 'r+'))), inDirectory);
}

/** Returns the error code if permissions do not allow an action. */
function refusal(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return Object.hasOwn(reasons, code) ? code : undefined;
  }
}

function remedy(code: string, { directory, exists }: { readonly directory: string; readonly exists: boolean }): string {
  if (code === 'EROFS') return `; mount a writable volume at ${directory}, or choose another directory`;
  const { geteuid, getegid } = process;
  if (geteuid === undefined || getegid === undefined) return '; choose another directory';
  const create = exists ? '' : `mkdir -p ${directory} && `;
  return ` for user ${geteuid()}; run: ${create}chown -R ${geteuid()}:${getegid()} ${directory}`;
}
