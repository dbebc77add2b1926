import type { StartProblem } from '#config/schema.ts';
import { readText } from './watched-file.ts';

/**
 * Returns the reason why a component cannot start if it cannot read a file, or undefined if it can, or there is no file.
 * @param key setting that names the file
 * @param step beginning of the message
 */
export function unreadableFile(path: string, key: string, step = ''): StartProblem | undefined {
  if (path === '') return undefined;
  try {
    readText(path);
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    return { message: step + message, keys: [key], remedy: fileRemedy(message) ?? 'correct the path' };
  }
}

/** Returns the remedy of an error of the file system, or undefined for another one. */
export function fileRemedy(message: string): string | undefined {
  if (message.includes('no such file')) return 'the file does not exist; correct the path, or mount the file';
  if (message.includes('permission denied'))
    return 'pitot has no permission to read the file; change its owner or mode';
  return undefined;
}
