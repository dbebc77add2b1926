import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getTls } from 'node:https';

/** Limits of a downloaded configuration: size in bytes and time in milliseconds. */
const maxDownloadBytes = 16 * 1024 * 1024;
const downloadTimeoutMs = 30_000;
const maxRedirects = 10;

/**
 * Returns the text at an `http:` or `https:` address and follows redirects. Does not use `fetch`, which refuses some
 * ports.
 * @throws Error with the Collector's message
 */
export async function download(uri: string): Promise<string> {
  const quoted = JSON.stringify(uri);
  const signal = AbortSignal.timeout(downloadTimeoutMs);
  let response: IncomingMessage;
  try {
    response = await follow(new URL(uri), { signal, redirects: maxRedirects });
  } catch (error) {
    throw new Error(`unable to download the file via HTTP GET for uri ${quoted}: ${reasonOf(error, uri)}`);
  }
  if (response.statusCode !== 200) {
    response.resume();
    throw new Error(`failed to load resource from uri ${quoted}. status code: ${response.statusCode}`);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response) {
      size += chunk.length;
      if (size > maxDownloadBytes) throw new Error(`it is larger than ${maxDownloadBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw new Error(`fail to read the response body from uri ${quoted}: ${(error as Error).message}`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

interface FollowOptions {
  readonly signal: AbortSignal;
  /** Number of further redirects to follow. */
  readonly redirects: number;
}

async function follow(url: URL, { signal, redirects }: FollowOptions): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const get = url.protocol === 'https:' ? getTls : getPlain;
    get(url, { signal }, resolve).once('error', reject);
  });
  const { statusCode = 0, headers } = response;
  if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) return response;
  response.resume();
  if (redirects === 0) throw new Error(`stopped after ${maxRedirects} redirects`);
  return follow(new URL(headers.location, url), { signal, redirects: redirects - 1 });
}

/**
 * Go names the attempted operation and appends a blank: `Get "http://…": dial tcp 127.0.0.1:1: connect: connection
 * refused `.
 */
function reasonOf(error: unknown, uri: string): string {
  const { code, message, cause, address, port } = error as Error & { code?: string; address?: string; port?: number };
  const quoted = JSON.stringify(uri);
  if (code === 'ECONNREFUSED') return `Get ${quoted}: dial tcp ${address}:${port}: connect: connection refused `;
  return cause instanceof Error ? cause.message : message;
}
