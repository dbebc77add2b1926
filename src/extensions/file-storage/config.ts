import { boolean, type ConfigOf, config, duration, integer, string, validated } from '#config/schema.ts';

const compaction = config('filestorage.CompactionConfig', {
  on_start: boolean(false).describe('Rewrites the file without its free space when it is opened.'),
  on_rebound: boolean(false).describe('Accepted for the collector; free space is reused without it.'),
  directory: string('').describe('Accepted for the collector; SQLite compacts in place.'),
  rebound_needed_threshold_mib: integer(100).describe('Accepted for the collector.'),
  rebound_trigger_threshold_mib: integer(10).describe('Accepted for the collector.'),
  max_transaction_size: integer(65_536).describe('Accepted for the collector.'),
  check_interval: duration('5s').describe('Accepted for the collector.'),
  cleanup_on_start: boolean(false).describe('Accepted for the collector.'),
});

/** The collector's keys of `file_storage`, and pitot's: `commit_interval`, `max_size_mib`, and `optional_directory`. */
export const fileStorageConfig = validated(
  config('filestorage.Config', {
    directory: string('/var/lib/otelcol/file_storage').describe(
      'Directory of the file. If pitot may not write to it, startup fails.',
    ),
    optional_directory: string('').describe(
      'Directory of the file if `directory` is empty. If pitot cannot write to it, state stays in memory, and the log says so.',
    ),
    create_directory: boolean(true).describe('Creates the directory when it does not exist.'),
    directory_permissions: string('0750').describe('Permissions of a directory that is created, octal.'),
    timeout: duration('1s').describe('How long to wait for another process to let go of the file.'),
    fsync: boolean(true).describe(
      'Waits until the disk has the data, not only the kernel: what was committed survives a power cut.',
    ),
    recreate: boolean(false).describe('Accepted for the collector; a broken file is never replaced here.'),
    compaction: compaction.describe('How free space is given back.'),
    commit_interval: duration('10ms').describe('Writes that arrive within this time share one transaction.'),
    max_size: integer(0, { goType: 'int64' }).describe(
      'Upper limit of the file in bytes; `0`: none. Above the limit, writes fail as on a full disk.',
    ),
    max_size_mib: integer(0).describe('Upper bound of the file; 0: none. Beyond it writes fail as on a full disk.'),
  }),
  (settings) => {
    if (directoryOf(settings) === '') return { path: 'directory', message: 'must not be empty' };
    if (!/^0?[0-7]{3}$/.test(settings.directoryPermissions)) {
      return { path: 'directory_permissions', message: 'must be three octal digits, such as 0750' };
    }
    if (settings.commitInterval < 0) return { path: 'commit_interval', message: 'must not be negative' };
    if (settings.maxSize < 0) return 'max size cannot be less than 0';
    if (settings.maxSize > 0 && settings.maxSizeMib > 0) {
      return { path: 'max_size_mib', message: 'cannot be used together with max_size; write only max_size, in bytes' };
    }
    if (settings.maxSizeMib < 0) return { path: 'max_size_mib', message: 'must not be negative' };
    return undefined;
  },
);

export type FileStorageConfig = ConfigOf<typeof fileStorageConfig>;

/** The directory that is used; `''` if none is configured. */
export function directoryOf(config: { readonly directory: string; readonly optionalDirectory: string }): string {
  return config.directory.trim() || config.optionalDirectory.trim();
}
