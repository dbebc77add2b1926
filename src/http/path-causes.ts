import type { RejectedRequests } from '#component/views/rejection.ts';
import { type Explanation, error, info, type Ports } from './rejection-explanation.ts';

/** Protocols that are often sent to a receiver of OTLP, by their paths. */
const foreign: readonly (readonly [path: RegExp, protocol: string])[] = [
  [/^\/api\/v[12]\/spans\/?$/, 'Zipkin'],
  [/^\/metrics\/job\b/, 'the Pushgateway'],
  [/^\/(api\/v[12]\/series|api\/intake|intake)\b/, 'Datadog'],
  [/^\/(api\/v2\/write|write)\/?\?/, 'InfluxDB'],
];

const isRemoteWritePath = (path: string) => /\/(write|push|prometheus|remote_write)\/?$/.test(path);

/** Whether a request is one of Remote Write: by its path, or by its client. */
export function isRemoteWrite({ path, userAgent }: Pick<RejectedRequests, 'path' | 'userAgent'>): boolean {
  return isRemoteWritePath(path) || /^(Prometheus|vmagent|Grafana Alloy|GrafanaAgent)\//i.test(userAgent);
}

/** Returns the explanation of a Remote Write request, which pitot does not receive. */
export function remoteWrite(title: string): Explanation {
  return error(title, 'pitot does not receive Remote Write. Remove this remote_write entry: Prometheus scrapes pitot.');
}

/** What to do about a request of a person, or of a probe. */
export const probe = 'No action is needed if a person or a probe sent it. Exporters use POST. The connection works.';

function otherSignal(title: string, signal: string): Explanation {
  return info(
    title,
    `Add a pipeline for ${signal}, or disable their exporter in the client. Metrics are not affected.`,
  );
}

/** Explains a request at a path at which nothing is received. */
export function wrongPath({ path, method, contentType }: RejectedRequests, { http, metrics }: Ports): Explanation {
  const title = `Nothing is received at the path ${path}`;
  if (/\/v1\/metrics\/+v1\/metrics/.test(path)) {
    return error(
      title,
      'The endpoint already contains the path. Use OTEL_EXPORTER_OTLP_METRICS_ENDPOINT for an endpoint with a path, or leave /v1/metrics out of OTEL_EXPORTER_OTLP_ENDPOINT.',
    );
  }
  const signal = /^\/v1\/(traces|logs)\/?$/.exec(path)?.[1];
  if (signal !== undefined) return otherSignal(title, signal);
  if (method === 'GET' && /^\/(metrics|federate)\b/.test(path)) {
    return error(
      `The OTLP port ${http} is scraped`,
      `Scrape port ${metrics}: the targets of the scrape job are <host>:${metrics}.`,
    );
  }
  if (contentType.startsWith('application/grpc')) {
    return error(
      `gRPC-Web or gRPC over HTTP/1.1 is sent to the HTTP port ${http}`,
      `Set the client to http/protobuf (OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf). pitot receives gRPC over HTTP/2 only.`,
    );
  }
  if (isRemoteWritePath(path)) return remoteWrite(title);
  const protocol = foreign.find(([form]) => form.test(path))?.[1];
  if (protocol !== undefined)
    return error(
      `A client of ${protocol} sends to the path ${path}`,
      'pitot receives OTLP only. Send to another server.',
    );
  if (method === 'GET' || method === 'HEAD') return info(title, probe);
  const endpoint = `http://<host>:${http}`;
  return error(
    title,
    `Metrics are received at /v1/metrics. Set OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}, to which SDKs append the path, or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=${endpoint}/v1/metrics.`,
  );
}

/** Explains a gRPC call of a service that no pipeline uses, or that is not OTLP. */
export function wrongService(path: string): Explanation {
  const signal = /\.(trace|logs)\.v1\.(Trace|Logs)Service\/Export$/.exec(path)?.[1];
  if (signal !== undefined) {
    const name = signal === 'trace' ? 'traces' : 'logs';
    return otherSignal(`No pipeline receives ${name} over gRPC`, name);
  }
  return error(`${path} is not a service of OTLP`, 'Send OTLP metrics, or find the client by its address.');
}
