/** The collector's words for the system errors that users meet. */
const words: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  EMFILE: 'too many open files',
};

/** A failed file access as the collector words it: `open /x: no such file or directory`. */
export function goErrorText(error: unknown, path: string): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const what = words[code];
  if (what === undefined) return message;
  return `${code === 'EISDIR' ? 'read' : 'open'} ${path}: ${what}`;
}
