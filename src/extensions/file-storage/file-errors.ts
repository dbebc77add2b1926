/** The file cannot be used. The message names it. */
export class StorageFileError extends Error {
  override readonly name = 'StorageFileError';
}

/** The directory is missing and cannot be created. */
export class StorageDirectoryError extends StorageFileError {}

/** Another process wrote to the file while it was read. */
export class FileChangedError extends StorageFileError {
  constructor(path: string) {
    super(`${path} changes all the time; stop pitot first`);
  }
}

/** The disk is full or read-only, possibly for a limited time. The message names the file. */
export class StorageUnwritableError extends Error {
  override readonly name = 'StorageUnwritableError';
}

/** SQLite's primary result codes and the system's error codes for a disk that is full, read-only, or failing. */
const unwritableResults = new Set([8, 10, 13, 14]);
const unwritableErrors = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO']);

/** Converts an error of SQLite or the system to one that names the file. */
export function explained(error: Error & { errcode?: number; code?: string }, path: string, deed = 'open'): Error {
  if (error instanceof StorageFileError || error instanceof StorageUnwritableError) return error;
  // The low byte is SQLite's primary result code.
  const code = (error.errcode ?? 0) & 0xff;
  if (code === 5 || code === 6) return new StorageFileError(`${path} is in use by another process`);
  if (code === 11 || code === 26) return damaged(path, error.message);
  const message = `cannot ${deed} ${path}: ${error.message}`;
  const isUnwritable = unwritableResults.has(code) || unwritableErrors.has(error.code ?? '');
  return isUnwritable ? new StorageUnwritableError(message) : new StorageFileError(message);
}

/** Returns the error of a file that is not a storage file or whose content is damaged. */
export function damaged(path: string, detail: string): StorageFileError {
  const advice = 'restore it from a backup, or move it away to begin with empty totals';
  return new StorageFileError(`${path} is damaged or not a storage file (${detail}); ${advice}`);
}
