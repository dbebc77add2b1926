import {
  type ConfigOf,
  config,
  duration,
  integer,
  listenAddress,
  string,
  validated,
  withoutEffect,
} from '#config/schema.ts';
import { allowedHostsSetting } from '#http/host-check.ts';

/** Configuration of `pprof` (docs/reference/collector-behaviour.md#pprof-extension). */
export const pprofConfig = config('pprofextension.Config', {
  endpoint: listenAddress('localhost:1777').describe('`host:port`'),
  dialer: withoutEffect(config('confignet.DialerConfig', { timeout: duration(0) })),
  block_profile_fraction: withoutEffect(integer(0), 'Node.js has no such profile'),
  mutex_profile_fraction: withoutEffect(integer(0), 'Node.js has no such profile'),
  allowed_hosts: allowedHostsSetting(),
  max_heap_snapshot_mib: validated(integer(100), (size) =>
    size >= 0 ? undefined : { message: 'must not be negative' },
  ).describe(
    'Maximum size of the used heap, in MiB, of which a snapshot is taken: each 100 MiB block the process for several seconds and need 600 MiB of memory. `0` disables snapshots. Specific to pitot.',
  ),
  save_to_file: string('').describe('File to which a CPU profile of the whole run is written at shutdown.'),
});
export type PprofConfig = ConfigOf<typeof pprofConfig>;
