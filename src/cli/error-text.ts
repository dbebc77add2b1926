import { ConfigError } from '#config/config-error.ts';

/** What is printed about an error that ends a command: the collector's line, and under it what would help. */
export function errorText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const hints = error instanceof ConfigError ? error.hints : [];
  return [`Error: ${message}`, ...hints, ''].join('\n');
}
