import type { LoadedConfig } from '#config/load-config.ts';
import { BuildError } from './build-error.ts';

/**
 * Checks the encoding of pitot's own log.
 * @throws BuildError with the message of the Collector's startup failure
 */
export function requireLogEncoding({ service }: LoadedConfig): void {
  const { encoding } = service.telemetry.logs;
  if (encoding === 'console' || encoding === 'json') return;
  throw new BuildError(`failed to create logger: no encoder registered for name ${JSON.stringify(encoding)}`, {
    path: ['service', 'telemetry', 'logs', 'encoding'],
    remedy: 'write console or json',
  });
}
