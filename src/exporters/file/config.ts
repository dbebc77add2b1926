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
  enabled: boolean(false).describe('Not supported by pitot: must be `false`.'),
  resource_attribute: withoutEffect(string('fileexporter.path_segment')),
  max_open_files: withoutEffect(integer(100)),
});

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
    directory_permissions: string('0755').describe('Permissions of a directory that is created, in octal digits.'),
  }),
  ({ path, append, rotation, format, encoding, compression, flushInterval, groupBy, directoryPermissions }) => {
    if (path === '') return 'path must be non-empty';
    if (append && compression !== '') return 'append and compression enabled at the same time is not supported';
    if (append && rotation) return 'append and rotation enabled at the same time is not supported';
    if (format !== 'json' && format !== 'proto') return 'format type is not supported';
    if (compression !== '' && compression !== 'zstd') return 'compression is not supported';
    if (flushInterval < 0) return 'flush_interval must be larger than zero';
    if (encoding !== '')
      return 'encoding is not supported by pitot; remove it, and choose `format: json` or `format: proto`';
    if (groupBy?.enabled) return 'group_by is not supported by pitot; remove it, and use one exporter for each file';
    if (!/^0?[0-7]{3}$/.test(directoryPermissions))
      return 'directory_permissions value must be an octal number such as "0755"';
    return undefined;
  },
);

/** Times in milliseconds. */
export type FileExporterConfig = ConfigOf<typeof fileExporterConfig>;

/** Size above which a file is rotated in bytes. */
export function maxBytesOf({ rotation }: FileExporterConfig): number {
  return rotation ? (rotation.maxMegabytes || 100) * bytesPerMegabyte : Number.POSITIVE_INFINITY;
}
