/** The Collector's messages for common system errors. */
const words: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  EMFILE: 'too many open files',
};

/** Returns the Collector's message for a failed file access: `open /x: no such file or directory`. */
export function goErrorText(error: unknown, path: string): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const what = words[code];
  if (what === undefined) return message;
  return `${code === 'EISDIR' ? 'read' : 'open'} ${path}: ${what}`;
}
