import { statSync } from 'node:fs';
import {
  boolean,
  type ConfigOf,
  type ConfigProblem,
  config,
  duration,
  integer,
  string,
  validated,
  withoutEffect,
} from '#config/schema.ts';

const compaction = config('filestorage.CompactionConfig', {
  on_start: boolean(false).describe('Rewrites the file without its free space when it is opened.'),
  on_rebound: withoutEffect(boolean(false), 'free space is reused without it'),
  directory: withoutEffect(string(''), 'SQLite compacts in place'),
  rebound_needed_threshold_mib: withoutEffect(integer(100)),
  rebound_trigger_threshold_mib: withoutEffect(integer(10)),
  max_transaction_size: withoutEffect(integer(65_536)),
  check_interval: withoutEffect(duration('5s')),
  cleanup_on_start: withoutEffect(boolean(false)),
});

/**
 * The Collector's keys of `file_storage`, and pitot-specific ones: `commit_interval`, `max_size_mib`, and
 * `optional_directory`.
 */
export const fileStorageConfig = validated(
  config('filestorage.Config', {
    directory: string('/var/lib/otelcol/file_storage').describe(
      'Directory of the file. If pitot has no permission to write to it, startup fails.',
    ),
    optional_directory: string('').describe(
      'Directory of the file if `directory` is empty. If pitot cannot write to it, state stays in memory, and pitot logs a warning.',
    ),
    create_directory: boolean(false).describe('Creates the directory if it does not exist.'),
    directory_permissions: string('0750').describe('Octal permissions of a created directory.'),
    timeout: duration('1s').describe('Time to wait for another process to close the file.'),
    fsync: boolean(true).describe(
      'Waits until the data is on disk and not only in the kernel, so that committed data survives a power failure.',
    ),
    recreate: withoutEffect(boolean(false), 'a damaged file is never replaced'),
    compaction: compaction.describe('Compaction of the file.'),
    commit_interval: duration('10ms').describe('Writes that arrive within this time share one transaction.'),
    max_size: integer(0, { goType: 'int64' }).describe(
      'Maximum size of the file in bytes. Above it, writes fail as on a full disk. `0` disables the limit.',
    ),
    max_size_mib: integer(0).describe(
      'Maximum size of the file in MiB. Above it, writes fail as on a full disk. `0` disables the limit.',
    ),
  }),
  (settings) => {
    const directory = directoryOf(settings);
    if (directory === '') return { path: 'directory', message: 'must not be empty' };
    if (!/^0?[0-7]{3}$/.test(settings.directoryPermissions)) {
      return { path: 'directory_permissions', message: 'must be three octal digits, such as 0750' };
    }
    if (settings.commitInterval < 0) return { path: 'commit_interval', message: 'must not be negative' };
    if (settings.maxSize < 0) return 'max size cannot be less than 0';
    if (settings.maxSize > 0 && settings.maxSizeMib > 0) {
      return { path: 'max_size_mib', message: 'cannot be used together with max_size; write only max_size, in bytes' };
    }
    if (settings.maxSizeMib < 0) return { path: 'max_size_mib', message: 'must not be negative' };
    return settings.directory.trim() === '' ? undefined : directoryProblem(directory, settings.createDirectory);
  },
);

/** Returns the reason why a directory cannot be used. Same texts as the Collector. */
function directoryProblem(directory: string, mayBeCreated: boolean): ConfigProblem | undefined {
  const where = { keys: ['directory'], isLocal: true };
  try {
    if (statSync(directory).isDirectory()) return undefined;
    return { message: `${directory} is not a directory`, ...where, remedy: 'write the name of a directory' };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') {
      const words = { EACCES: 'permission denied', ENOTDIR: 'not a directory' }[code ?? ''] ?? message;
      const problem = `problem accessing configured directory: ${directory}, err: stat ${directory}: ${words}`;
      const remedy =
        code === 'ENOTDIR'
          ? 'a part of the path is a file; write the name of a directory'
          : 'pitot cannot reach the directory; give its user access with chown or chmod, or write another directory';
      return { message: problem, ...where, remedy };
    }
    if (mayBeCreated) return undefined;
    const missing = `directory must exist: stat ${directory}: no such file or directory`;
    return {
      message: `${missing}. You can enable the create_directory option to automatically create it`,
      ...where,
      remedy: 'write create_directory: true next to it, or create the directory',
    };
  }
}

export type FileStorageConfig = ConfigOf<typeof fileStorageConfig>;

/** Returns the directory to use; `''` if none is configured. */
export function directoryOf(config: { readonly directory: string; readonly optionalDirectory: string }): string {
  return config.directory.trim() || config.optionalDirectory.trim();
}
