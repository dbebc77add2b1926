import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { ApiError } from './api-error.ts';

/** Time without any byte after which a connection counts as dead. A watch receives a bookmark about every minute. */
const silenceMs = 90_000;

/** Maximum number of bytes to read of a list or of an error. */
const bodyLimit = 32 << 20;

/** Requests to the API server with the credentials of a kubeconfig. */
export class ApiClient {
  readonly #kubeConfig: KubeConfig;

  constructor(kubeConfig: KubeConfig) {
    this.#kubeConfig = kubeConfig;
  }

  /**
   * Sends a GET request. `signal` ends it, and the body.
   * @throws ApiError if the answer is not 200
   */
  async open(path: string, accept: string, signal: AbortSignal): Promise<IncomingMessage> {
    const options: https.RequestOptions = { headers: { accept, 'user-agent': 'pitot' }, signal, timeout: silenceMs };
    // Reads the token again: Kubernetes replaces it every hour.
    await this.#kubeConfig.applyToHTTPSOptions(options);
    const url = new URL(path, this.#kubeConfig.getCurrentCluster()!.server);
    const { request } = url.protocol === 'http:' ? http : https;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(url, options, resolve);
      sent.on('timeout', () => sent.destroy(new Error(`no answer for ${silenceMs / 1000} s`)));
      sent.on('error', reject).end();
    });
    if (response.statusCode === 200) return response;
    throw new ApiError(response.statusCode ?? 0, reasonIn(await body(response)) || `${response.statusMessage}`);
  }

  /** Returns the JSON of an answer. */
  async get(path: string, accept: string, signal: AbortSignal): Promise<unknown> {
    return JSON.parse(await body(await this.open(path, accept, signal)));
  }
}

async function body(response: IncomingMessage): Promise<string> {
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > bodyLimit) response.destroy(new Error(`the answer has more than ${bodyLimit} bytes`));
  });
  return text(response);
}

/** Returns the message of a Kubernetes Status, or the text. */
function reasonIn(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // A proxy may answer in plain text.
  }
  return body.slice(0, 200).trim();
}
