import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { userAgent } from '#build-info.ts';
import { timerDelay } from '#component/timer-delay.ts';

/** Destination of pushed own metrics, and how to reach it. */
export interface OtlpDestination {
  readonly protocol: string;
  readonly endpoint: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly compression: string;
  /** Paths of the trusted authorities, the client certificate, and its key. If empty: the system's authorities, no certificate. */
  readonly certificate: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  /** Disables TLS; only used over gRPC, where endpoints need no scheme. */
  readonly insecure: boolean;
}

/** Sends OTLP requests to one destination. */
export interface OtlpClient {
  /** Resolves when the request is accepted. @throws Error with the reason when it is not */
  send(body: Uint8Array, timeoutMs: number): Promise<void>;
  close(): void;
}

/** Reads the certificates of a destination. @throws the system's error when a file cannot be read */
export function tlsFiles({ certificate, clientCertificate, clientKey }: OtlpDestination) {
  const read = (path: string) => (path === '' ? undefined : readFileSync(path));
  return { ca: read(certificate), cert: read(clientCertificate), key: read(clientKey) };
}

/** Opens a client of OTLP over HTTP in protobuf. Same as in the Collector, the default scheme is https and the default path `/v1/metrics`. */
export function openHttpClient(destination: OtlpDestination): OtlpClient {
  const { endpoint, headers, compression } = destination;
  const url = new URL(/^https?:\/\//.test(endpoint) ? endpoint : `https://${endpoint || 'localhost:4318'}`);
  if (url.pathname === '/') url.pathname = '/v1/metrics';
  const isPlain = url.protocol === 'http:';
  const { ca, cert, key } = isPlain ? {} : tlsFiles(destination);
  const request = isPlain ? httpRequest : httpsRequest;
  return {
    async send(body, timeoutMs) {
      const content = compression === 'gzip' ? await promisify(gzip)(body) : Buffer.from(body);
      await new Promise<void>((resolve, reject) => {
        const posting = request(
          url,
          {
            method: 'POST',
            signal: AbortSignal.timeout(timerDelay(timeoutMs)),
            headers: {
              ...Object.fromEntries(headers.map(({ name, value }) => [name, value])),
              'content-type': 'application/x-protobuf',
              'content-length': content.length,
              'user-agent': userAgent,
              ...(compression === 'gzip' && { 'content-encoding': 'gzip' }),
            },
            ...(ca && { ca }),
            ...(cert && { cert }),
            ...(key && { key }),
          },
          (response) => {
            const { statusCode = 0 } = response;
            response.resume();
            response.once('end', () => {
              if (statusCode >= 200 && statusCode < 300) resolve();
              else reject(new Error(`${url} answers ${statusCode}`));
            });
            response.once('error', reject);
          },
        );
        posting.once('error', reject);
        posting.end(content);
      });
    },
    close() {},
  };
}
