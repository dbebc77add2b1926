import { ConfigError } from '#config/config-error.ts';

/** Returns the text of an error that ends a command: the Collector's line, followed by hints. */
export function errorText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const hints = error instanceof ConfigError ? error.hints : portHints(message);
  return [`Error: ${message}`, ...hints, ''].join('\n');
}

/** Says how to find the program that listens on a port. */
function portHints(message: string): string[] {
  const port = /:(\d+): bind: address already in use|address already in use .*:(\d+)$/.exec(message);
  if (!port) return [];
  const number = port[1] ?? port[2];
  return [
    `hint: another program listens on port ${number}, perhaps another pitot or Collector; this command names it: ss -ltnp 'sport = :${number}'`,
  ];
}
