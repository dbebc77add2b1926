import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Measure } from './measure.ts';
import { postFrom } from './post.ts';
import { Replay } from './replay.ts';
import { Server } from './server.ts';

/** Connections of a load that represents several clients. */
const connections = 8;

/** A receiver that reads each request and answers 200. */
async function startSink() {
  const sink = { requests: 0 };
  const server = createServer((incoming, answer) => {
    incoming.resume().once('end', () => {
      sink.requests += 1;
      answer.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return Object.assign(sink, {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
}

/** Exporters whose work is measured. Clients are answered after the receiver has answered, so that all work is counted. */
const exporters = {
  otlp_http: (url: string) => ({ id: 'otlp_http', settings: { endpoint: url, sending_queue: { enabled: false } } }),
  prometheus_remote_write: (url: string) => ({
    id: 'prometheus_remote_write',
    settings: { endpoint: `${url}/api/v1/write`, remote_write_queue: { enabled: false } },
  }),
} as const;

export interface ForwardOptions {
  readonly exporter: keyof typeof exporters;
  readonly bodies: () => readonly Buffer[];
  readonly count: number;
  /** `work`: requests per CPU second; `memory`: the largest resident memory in MB. */
  readonly figure: 'work' | 'memory';
}

/** Measures requests that one exporter sends on. Sends the same number of requests before the measurement. */
export function forwarding({ exporter, bodies, count, figure }: ForwardOptions): Measure {
  return async (subject) => {
    const sink = await startSink();
    const server = await Server.start(subject, { exporter: exporters[exporter](sink.url) });
    try {
      const replay = new Replay(bodies(), connections);
      await postFrom(server.otlpPort, replay, { count, connections });
      const before = server.cpuSeconds();
      const earlier = sink.requests;
      await postFrom(server.otlpPort, replay, { count, connections });
      const cpu = server.cpuSeconds() - before;
      if (sink.requests - earlier < count) throw new Error(`${subject.name} has sent ${sink.requests - earlier}`);
      return figure === 'work' ? count / cpu : server.peakMb();
    } finally {
      await server.stop();
      sink.close();
    }
  };
}
