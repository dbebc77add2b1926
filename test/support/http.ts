import { type Agent, type IncomingHttpHeaders, request } from 'node:http';

/** Complete HTTP response. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Question {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer | undefined;
  readonly agent?: Agent;
}

/** Sends a request to 127.0.0.1 with exactly the given headers, plus Host, Content-Length, and Connection. */
export function ask(port: number, question: Question = {}): Promise<Answer> {
  const { method = 'GET', path = '/', headers = {}, body, agent = false } = question;
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Posts an OTLP metrics body in protobuf. */
export function postMetrics(port: number, body: Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  return ask(port, {
    method: 'POST',
    path: '/v1/metrics',
    headers: { 'content-type': 'application/x-protobuf', 'content-length': String(body.length), ...headers },
    body,
  });
}
