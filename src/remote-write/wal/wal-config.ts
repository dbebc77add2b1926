import { config, duration, integer, nullable, string, validated, withoutEffect } from '#config/schema.ts';

/** `wal`: requests on disk until they are sent. `undefined` if the section is absent. */
export const walConfig = nullable(
  validated(
    config('prometheusremotewriteexporter.WALConfig', {
      directory: string('').describe(
        'Directory of the files. The exporter writes to its subdirectory `prom_remotewrite`.',
      ),
      buffer_size: withoutEffect(integer(0), 'requests are read from disk one at a time'),
      truncate_frequency: withoutEffect(duration(0), 'a file is removed as soon as all of its requests are sent'),
      lag_record_frequency: withoutEffect(duration(0), 'the lag is read when metrics are collected'),
      max_size_bytes: integer(1_073_741_824).describe(
        'Maximum size of the waiting requests. Above it, clients receive a retryable error.',
      ),
    }),
    ({ maxSizeBytes }) => (maxSizeBytes <= 0 ? '`max_size_bytes` must be positive' : undefined),
  ),
);
