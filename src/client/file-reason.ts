import { getSystemErrorMessage } from 'node:util';

/** Says why a file cannot be used, in the words of the system: `no such file or directory`. */
export function fileReason(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return errno === undefined ? message : getSystemErrorMessage(errno);
}
