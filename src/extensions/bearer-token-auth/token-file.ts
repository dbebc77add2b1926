import type { Logger } from '#component/component.ts';
import { WatchedFile } from '#http/watched-file.ts';
import type { RetryConfig } from './config.ts';

/** Interval of checks of a token file, ms. */
const interval = 1000;

/** Parameters of {@link openTokenFile}. */
export interface TokenFileOptions {
  readonly filename: string;
  readonly retry: RetryConfig;
  readonly logger: Logger;
  /** A monotonic clock, milliseconds. */
  now(): number;
}

/**
 * Opens a token file. If the file cannot be read and `retry` is enabled, further attempts follow as configured.
 * @returns the file, or a promise of it while it cannot be read
 * @throws Error (or rejects) with Go's message if the file cannot be read and no attempt is left
 */
export function openTokenFile(options: TokenFileOptions, signal: AbortSignal): WatchedFile | Promise<WatchedFile> {
  try {
    return open(options);
  } catch (error) {
    if (!options.retry.enabled) throw error;
    const { filename, retry, logger } = options;
    logger.warn('Token file not readable; trying again', { filename, interval: retry.interval / 1000, error });
    return keepTrying(options, signal);
  }
}

function open({ filename, now }: TokenFileOptions): WatchedFile {
  return new WatchedFile(filename, { now, interval });
}

async function keepTrying(options: TokenFileOptions, signal: AbortSignal): Promise<WatchedFile> {
  const { interval: delay, maxRetries } = options.retry;
  for (let attempt = 1; ; attempt++) {
    await pause(delay, signal);
    try {
      return open(options);
    } catch (error) {
      if (maxRetries > 0 && attempt >= maxRetries) throw error;
    }
  }
}

/** Rejects if `signal` aborts first. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new Error('stopped while waiting for the token file'));
    });
  });
}
