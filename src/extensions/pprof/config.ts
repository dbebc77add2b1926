import { type ConfigOf, config, duration, integer, listenAddress, string, withoutEffect } from '#config/schema.ts';

/** Configuration of `pprof` (docs/reference/collector-behaviour.md#pprof-extension). */
export const pprofConfig = config('pprofextension.Config', {
  endpoint: listenAddress('localhost:1777').describe('`host:port`'),
  dialer: withoutEffect(config('confignet.DialerConfig', { timeout: duration(0) })),
  block_profile_fraction: withoutEffect(integer(0), 'Node.js has no such profile'),
  mutex_profile_fraction: withoutEffect(integer(0), 'Node.js has no such profile'),
  save_to_file: string('').describe('File to which a CPU profile of the whole run is written at shutdown.'),
});
export type PprofConfig = ConfigOf<typeof pprofConfig>;
