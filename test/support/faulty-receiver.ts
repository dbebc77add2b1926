import { createServer, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { encodeMetrics } from './otlp.ts';

/** A receiver of OTLP over HTTP that can be stopped and started again on its port. */
export interface FaultyReceiver {
  /** Names of the metrics that it stored, in order. */
  readonly names: string[];
  /** Answers later requests. A request is stored if its status is 200. */
  answer: (response: ServerResponse) => unknown;
  start(): Promise<void>;
  stop(): Promise<unknown>;
}

export function faultyReceiver(port: number): FaultyReceiver {
  const names: string[] = [];
  const receiver = { answer: (response: ServerResponse): unknown => response.end() };
  const server = createServer(async (request, response) => {
    try {
      const body = gunzipSync(Buffer.concat(await request.toArray()));
      receiver.answer(response);
      if (response.statusCode !== 200 || response.destroyed) return;
      for (const { scopeMetrics } of new MetricsDecoder().decode(body).resourceMetrics) {
        for (const { metrics } of scopeMetrics) names.push(...metrics.map(({ descriptor }) => descriptor.name));
      }
    } catch {
      // The client was killed.
    }
  });
  return Object.assign(receiver, {
    names,
    start: () => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve)),
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  });
}

/** Returns a request with one gauge. Its only attribute is `text`. */
export function gaugeRequest(name: string, text = ''): Buffer {
  const attributes = [{ key: 'text', value: { stringValue: text } }];
  const data = { dataPoints: [{ asInt: 1, timeUnixNano: 1_700_000_000_000_000_000n, attributes }] };
  return encodeMetrics({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name, gauge: data }] }] }] });
}
