import {
  boolean,
  type ConfigOf,
  config,
  duration,
  integer,
  nullable,
  string,
  validated,
  withoutEffect,
} from '#config/schema.ts';

const bytesPerMegabyte = 1024 * 1024;

const rotationConfig = config('fileexporter.Rotation', {
  max_megabytes: integer(100).describe('Size in MiB above which a new file begins.'),
  max_days: integer(0).describe('Age in days above which older files are deleted. `0` keeps them.'),
  max_backups: integer(100).describe('Maximum number of older files. `0` keeps all.'),
  localtime: boolean(false).describe('Whether the names of older files contain the local time instead of UTC.'),
});

const groupByConfig = config('fileexporter.GroupBy', {
  enabled: boolean(false).describe('Writes one file for each value of `resource_attribute`. They are not rotated.'),
  resource_attribute: string('fileexporter.path_segment').describe(
    'Resource attribute whose text replaces the `*` of `path`. Resources without it are dropped and counted.',
  ),
  max_open_files: integer(100).describe(
    'Maximum number of open files. The one that was used least recently is closed.',
  ),
});

/** Returns why the file cannot be grouped. Same texts as the Collector. */
function groupProblem(
  path: string,
  { enabled, resourceAttribute, maxOpenFiles }: ConfigOf<typeof groupByConfig>,
): string | undefined {
  if (!enabled) return undefined;
  if (path.split('*').length !== 2) return 'path must contain exactly one * when group_by is enabled';
  if (path.startsWith('*')) return 'path must not start with * when group_by is enabled';
  if (maxOpenFiles <= 0) return 'max_open_files must be positive when group_by is enabled';
  return resourceAttribute === '' ? 'resource_attribute must not be empty when group_by is enabled' : undefined;
}

/** Returns why permissions cannot be used. Same texts as the Collector. */
function permissionsProblem(text: string, createsDirectory: boolean): string | undefined {
  if (text === '') return undefined;
  if (!createsDirectory) return 'directory_permissions requires create_directory to be true';
  if (!/^[+-]?[0-7]+$/.test(text)) return 'directory_permissions value must be a valid octal representation';
  const mode = Number.parseInt(text, 8);
  return mode < 0 || mode > 0o777 ? 'directory_permissions contain invalid bits for file access' : undefined;
}

/** Settings and messages of the Collector's file exporter. */
export const fileExporterConfig = validated(
  config('fileexporter.Config', {
    path: string().describe('Path of the file. The directory must exist, or `create_directory` must be set.'),
    append: boolean(false).describe('Whether to continue an existing file. Otherwise, it is emptied at the start.'),
    rotation: nullable(rotationConfig).describe('Begins a new file when the current one is large. Disabled if absent.'),
    format: string('json').describe(
      '`json`: one line of OTLP JSON for each request. `proto`: OTLP protobuf, each request after its length.',
    ),
    encoding: string().describe('Not supported by pitot: must be empty.'),
    compression: string().describe(
      '`zstd` compresses each request. Each request then follows its length, in four bytes.',
    ),
    compression_params: config('configcompression.CompressionParams', {
      level: integer(0).describe('Level of zstd: below 3 is fastest, from 10 on smallest. `0` selects 3.'),
    }).describe('Settings of `compression`.'),
    flush_interval: withoutEffect(duration('1s'), 'every request is written before its client gets a response'),
    group_by: nullable(groupByConfig).describe('One file for each value of a resource attribute.'),
    create_directory: boolean(false).describe('Whether to create the directory of the file.'),
    directory_permissions: string().describe(
      'Permissions of directories that are created, in octal digits. By default, `0755`.',
    ),
  }),
  (settings) => {
    const { path, append, rotation, format, encoding, compression, flushInterval, groupBy } = settings;
    if (path === '') return 'path must be non-empty';
    if (append && rotation) return 'append and rotation enabled at the same time is not supported';
    if (rotation && Math.min(rotation.maxMegabytes, rotation.maxDays, rotation.maxBackups) < 0) {
      return 'rotation max_megabytes, max_days and max_backups must not be negative';
    }
    if (format !== 'json' && format !== 'proto') return 'format type is not supported';
    if (compression !== '' && compression !== 'zstd') return 'compression is not supported';
    if (flushInterval < 0) return 'flush_interval must be larger than zero';
    if (encoding !== '')
      return 'encoding is not supported by pitot; remove it, and choose `format: json` or `format: proto`';
    const group = groupBy && groupProblem(path, groupBy);
    return group ?? permissionsProblem(settings.directoryPermissions, settings.createDirectory);
  },
);

/** Times in milliseconds. */
export type FileExporterConfig = ConfigOf<typeof fileExporterConfig>;

/** Size above which a file is rotated in bytes. */
export function maxBytesOf({ maxMegabytes }: NonNullable<FileExporterConfig['rotation']>): number {
  return (maxMegabytes || 100) * bytesPerMegabyte;
}

/** Whether each group of resources has its file. */
export function isGrouped({ groupBy }: FileExporterConfig): boolean {
  return groupBy?.enabled === true;
}

/** Mode of directories that are created. */
export function permissionsOf({ directoryPermissions }: FileExporterConfig): number {
  return directoryPermissions === '' ? 0o755 : Number.parseInt(directoryPermissions, 8);
}
