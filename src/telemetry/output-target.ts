import { closeSync, constants, fstatSync, openSync, statSync, write } from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';

/** Delay in milliseconds before a blocked output is tried again. */
const retryDelayMs = 5;

/** Writes the bytes of an output, one chunk at a time. */
export interface OutputTarget {
  /** Writes all of `chunk`, which must not change before `done` is called. */
  write(chunk: Buffer, done: (error?: Error | null) => void): void;
  close(): void;
}

/** Opens `stdout`, `stderr`, or a file, which is created or appended to. @throws the system's error */
export function openTarget(path: string): OutputTarget {
  if (path === 'stdout' || path === 'stderr') return openStandard(path === 'stdout' ? 1 : 2);
  const file = path.replace(/^file:(?:\/\/)?/, '');
  if (isPipe(() => statSync(file))) return new PipeTarget(file);
  return new FileTarget({ fd: openSync(file, 'a', 0o644), isOwned: true });
}

/**
 * Opens the standard output so that a reader that has stopped blocks nothing. The process's own pipe or terminal is opened again if the
 * system allows it, so that the non-blocking mode does not affect other processes.
 */
function openStandard(fd: 1 | 2): OutputTarget {
  const path = `/proc/self/fd/${fd}`;
  const isOwnPipe = isPipe(() => fstatSync(fd));
  try {
    if (isOwnPipe) return new PipeTarget(path);
    if (isatty(fd)) {
      return new FileTarget({
        fd: openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY),
        isOwned: true,
      });
    }
  } catch {
    // The file system does not exist, or the pipe belongs to another user, as in most containers.
  }
  if (isOwnPipe || isSocket(fd)) makeNonBlocking(fd);
  return new FileTarget({ fd, isOwned: false });
}

/** Never released: destroying one would close its descriptor. */
const nonBlocking: Socket[] = [];

/** Opening a socket on a descriptor is how Node changes its mode. Nothing is written through that socket. */
function makeNonBlocking(fd: 1 | 2): void {
  try {
    const socket = new Socket({ fd, readable: false, writable: false });
    socket.on('error', () => {});
    nonBlocking.push(socket.unref());
  } catch {
    // Neither a pipe nor a socket of a stream: writes to it do not wait for a reader.
  }
}

function isSocket(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    return false;
  }
}

function isPipe(stat: () => { isFIFO(): boolean }): boolean {
  try {
    return stat().isFIFO();
  } catch {
    return false;
  }
}

/** A file, terminal, or socket, written by the thread pool. A reader that has stopped is tried again. */
class FileTarget implements OutputTarget {
  readonly #fd: number;
  readonly #isOwned: boolean;
  #isClosed = false;

  constructor({ fd, isOwned }: { fd: number; isOwned: boolean }) {
    this.#fd = fd;
    this.#isOwned = isOwned;
  }

  write(chunk: Buffer, done: (error?: Error | null) => void): void {
    this.#writeFrom(chunk, 0, done);
  }

  close(): void {
    if (this.#isOwned && !this.#isClosed) closeSync(this.#fd);
    this.#isClosed = true;
  }

  #writeFrom(chunk: Buffer, offset: number, done: (error?: Error | null) => void): void {
    if (this.#isClosed) {
      done(new Error('the output is closed'));
      return;
    }
    write(this.#fd, chunk, offset, chunk.byteLength - offset, null, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(() => this.#writeFrom(chunk, offset, done), retryDelayMs);
      else if (error) done(error);
      else if (offset + written < chunk.byteLength) this.#writeFrom(chunk, offset + written, done);
      else done();
    });
  }
}

/**
 * A non-blocking pipe: a reader that has stopped occupies no thread, so that the process can exit while bytes wait. A pipe that failed
 * is opened again for the next chunk.
 */
class PipeTarget implements OutputTarget {
  readonly #path: string;
  #socket: Socket | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#socket = this.#open();
  }

  write(chunk: Buffer, done: (error?: Error | null) => void): void {
    try {
      this.#socket ??= this.#open();
    } catch (error) {
      setImmediate(() => done(error as Error));
      return;
    }
    this.#socket.write(chunk, done);
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(): Socket {
    const fd = openSync(this.#path, constants.O_WRONLY | constants.O_NONBLOCK);
    const socket = new Socket({ fd, readable: false, writable: true });
    // The callback of the write reports the error. This handler only keeps it from ending the process.
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
    return socket;
  }
}
