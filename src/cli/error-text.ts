import { ConfigError } from '#config/config-error.ts';

/** Returns the text of an error that ends a command: the Collector's line, followed by hints. */
export function errorText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const hints = error instanceof ConfigError ? error.hints : [];
  return [`Error: ${message}`, ...hints, ''].join('\n');
}
