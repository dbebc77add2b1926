import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Position of the oldest request that is not sent. */
export interface WalPosition {
  readonly segment: number;
  readonly position: number;
}

const size = 16;

/** A file with the position of the oldest request that is not sent. */
export class Cursor {
  readonly #path: string;
  #file: FileHandle | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Opens the file and returns the position. Without a file, it is the beginning. */
  async open(): Promise<WalPosition> {
    this.#file = await open(this.#path, constants.O_RDWR | constants.O_CREAT);
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await this.#file.read(bytes, 0, size, 0);
    if (bytesRead < size) {
      // The file has its space from now on, so that a full disk does not prevent later moves.
      await this.move({ segment: 0, position: 0 });
      return { segment: 0, position: 0 };
    }
    return { segment: Number(bytes.readBigUInt64LE(0)), position: Number(bytes.readBigUInt64LE(8)) };
  }

  /** Writes the position. It is not flushed: after a crash of the machine, a few requests can be sent again. */
  async move({ segment, position }: WalPosition): Promise<void> {
    const bytes = Buffer.alloc(size);
    bytes.writeBigUInt64LE(BigInt(segment), 0);
    bytes.writeBigUInt64LE(BigInt(position), 8);
    await this.#file?.write(bytes, 0, size, 0);
  }

  /** Creates the file again after it was removed. */
  async restore(position: WalPosition): Promise<void> {
    await this.#file?.close();
    this.#file = await open(this.#path, constants.O_RDWR | constants.O_CREAT);
    await this.move(position);
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}
