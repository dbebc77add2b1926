import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { type DecodedRequest, decodeRemoteWrite } from './decode-remote-write.ts';

/** A request that a receiver has received. */
interface ReceivedWrite extends DecodedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** Answers a request. By default with 204 and, for version 2.0, the numbers of what the request contains. */
type Answer = (request: ReceivedWrite, response: ServerResponse) => void;

/** A Remote Write receiver that keeps what it receives. */
export interface WriteReceiver {
  readonly url: string;
  readonly requests: readonly ReceivedWrite[];
  /** Decides about later requests. */
  answer: Answer;
  /** Resolves when `count` requests were received in total. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

function writtenHeaders({ series }: DecodedRequest): Record<string, string> {
  const total = (count: (one: DecodedRequest['series'][number]) => number) =>
    String(series.reduce((sum, one) => sum + count(one), 0));
  return {
    'X-Prometheus-Remote-Write-Samples-Written': total(({ samples }) => samples.length),
    'X-Prometheus-Remote-Write-Histograms-Written': total(({ histograms }) => histograms.length),
    'X-Prometheus-Remote-Write-Exemplars-Written': total(({ exemplars }) => exemplars.length),
  };
}

export const stored: Answer = (request, response) => {
  const isV2 = request.headers['x-prometheus-remote-write-version'] === '2.0.0';
  response.writeHead(204, isV2 ? writtenHeaders(request) : {}).end();
};

export async function startWriteReceiver(port = 0): Promise<WriteReceiver> {
  const requests: ReceivedWrite[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const receiver = { answer: stored };
  const server: Server = createServer(async (message, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const decoded = decodeRemoteWrite(Buffer.concat(chunks), message.headers['content-type']);
    const request = { ...decoded, path: decodeURIComponent(message.url ?? ''), headers: message.headers };
    requests.push(request);
    receiver.answer(request, response);
    for (const one of waiting) if (requests.length >= one.count) one.resolve();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as { port: number };
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    received: (count: number) =>
      new Promise<void>((resolve) => {
        if (requests.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  });
}
