import { open } from 'node:fs/promises';

/** Maximum number of bytes to read from a file. */
const limit = 1 << 20;

/**
 * Returns the first MiB of a file as text. Undefined if the file does not exist.
 * @throws Error if the file is unreadable
 */
export async function readText(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(limit), 0, limit, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
