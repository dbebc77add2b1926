import { ConfigError } from '#config/config-error.ts';

/** Returns the text of an error that ends a command: the Collector's line, followed by hints. */
export function errorText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const hints = error instanceof ConfigError ? error.hints : [];
  return [`Error: ${message}`, ...hints, ''].join('\n');
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  EEXIST: 'file exists',
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
  EMFILE: 'too many open files',
};

/** Says why a file cannot be used, in the words of the system. */
export function fileReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? message;
}
