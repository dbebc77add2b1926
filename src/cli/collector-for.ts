import { Collector, systemClock } from '#collector.ts';
import { factoriesFor } from '#components.ts';
import type { ResolveOptions } from '#config/resolve-config.ts';
import type { CommandLine } from './command.ts';
import { sourceOf } from './configuration-source.ts';

/** Time limit of a shutdown, ms. Kubernetes kills a pod after 30 s. */
const shutdownTimeoutMs = 25_000;

/** Returns the collector for these locations. `complete` changes the configuration before it is checked. */
export function collectorFor(
  locations: readonly string[],
  line: CommandLine,
  complete?: ResolveOptions['complete'],
): Collector {
  const source = { ...sourceOf(locations, line), complete };
  return new Collector({ build: line.build, factories: factoriesFor, source, clock: systemClock, shutdownTimeoutMs });
}
