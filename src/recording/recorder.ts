import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { indexName } from './read-recording.ts';
import { redact } from './redact.ts';

export interface RecorderOptions {
  readonly folder: string;
  /** Receiver to which requests are forwarded. If undefined, the recorder itself responds to them. */
  readonly to: string | undefined;
  /** Attributes whose text values are redacted. */
  readonly redactedKeys: ReadonlySet<string>;
  /** Limit for a request body in bytes. */
  readonly maxBodyBytes: number;
  /** Limit for the number of recorded requests. */
  readonly maxRequests: number;
  readonly onProblem: (message: string) => void;
}

/** Request headers that a recording contains. Others can contain secrets or belong to the connection. */
const keptHeaders = ['content-type', 'content-encoding', 'user-agent'] as const;

/**
 * An HTTP proxy for OTLP that writes each request into a folder before it forwards it: `NNNNN.bin` with the body as it arrived, and a line in
 * `index.jsonl`. It sends the receiver's response to the client.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #server: Server;
  #count = 0;
  #bytes = 0;
  #firstMs: number | undefined;

  /** @throws Error if the folder cannot be created or already contains a recording */
  constructor(options: RecorderOptions) {
    this.#options = options;
    if (existsSync(join(options.folder, indexName))) {
      throw new Error(`${options.folder} already contains a recording; name another folder`);
    }
    mkdirSync(options.folder, { recursive: true });
    writeFileSync(join(options.folder, indexName), '');
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  get requestCount(): number {
    return this.#count;
  }

  get byteCount(): number {
    return this.#bytes;
  }

  /** Listens. @throws the system's error */
  listen(port: number, host: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? `http://${host}:${address.port}` : '');
      });
    });
  }

  /** Stops listening and waits for requests in flight. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrivedMs = performance.now();
    const path = request.url ?? '/';
    try {
      const body = await this.#read(request);
      if (body === undefined) {
        response.writeHead(413).end(`a body may have ${this.#options.maxBodyBytes} bytes\n`);
        request.resume();
        return;
      }
      if (request.method === 'POST') this.#write(path, { request, body, arrivedMs });
      await this.#answer(request, response, body);
    } catch (error) {
      this.#options.onProblem(`${request.method} ${path}: ${(error as Error).message}`);
      if (!response.headersSent) response.writeHead(502);
      response.end();
    }
  }

  async #read(request: IncomingMessage): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > this.#options.maxBodyBytes) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  #write(
    path: string,
    { request, body, arrivedMs }: { request: IncomingMessage; body: Buffer; arrivedMs: number },
  ): void {
    if (this.#count >= this.#options.maxRequests) {
      if (this.#count++ === this.#options.maxRequests)
        this.#options.onProblem('limit of requests reached; recording no more');
      return;
    }
    const headers = Object.fromEntries(
      keptHeaders.flatMap((name) => {
        const value = request.headers[name];
        return typeof value === 'string' ? [[name, value] as const] : [];
      }),
    );
    const written = redact({ path, headers, body }, this.#options.redactedKeys);
    const file = `${String(this.#count).padStart(5, '0')}.bin`;
    this.#firstMs ??= arrivedMs;
    const atSeconds = Math.round(arrivedMs - this.#firstMs) / 1000;
    writeFileSync(join(this.#options.folder, file), written);
    appendFileSync(
      join(this.#options.folder, indexName),
      `${JSON.stringify({ file, at_seconds: atSeconds, path, headers })}\n`,
    );
    this.#count += 1;
    this.#bytes += written.length;
  }

  async #answer(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    const { to } = this.#options;
    if (to === undefined) {
      const isJson = request.headers['content-type']?.includes('json') ?? false;
      response.writeHead(200, { 'Content-Type': isJson ? 'application/json' : 'application/x-protobuf' });
      response.end(isJson ? '{}' : '');
      return;
    }
    const { host: _, connection: __, 'content-length': ___, 'transfer-encoding': ____, ...headers } = request.headers;
    const answer = await fetch(new URL((request.url ?? '/').replace(/^\/+/, ''), to.endsWith('/') ? to : `${to}/`), {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    const kept = ['content-type', 'retry-after'].flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    response.writeHead(answer.status, Object.fromEntries(kept));
    response.end(Buffer.from(await answer.arrayBuffer()));
  }
}
