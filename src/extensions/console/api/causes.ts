import type { ListenerPurpose } from '#component/views/component-views.ts';
import type { RejectedRequests } from '#component/views/rejection.ts';
import type { ServiceViews } from '#component/views/service-views.ts';
import { offered } from './context.ts';

/** What a misdirected client does, and what makes it arrive. */
export interface Cause {
  readonly code: string;
  readonly title: string;
  /** What arrived. */
  readonly observed: string;
  readonly remedy: string;
  readonly level: 'error' | 'warning' | 'info';
  readonly rejected: RejectedRequests;
}

interface Ports {
  readonly http: number;
  readonly grpc: number;
  purposeOf(port: number): ListenerPurpose | undefined;
}

/** The causes that clients show by what they send, latest first. */
export function causesOf(views: ServiceViews): Cause[] {
  const ports = portsOf(views);
  return offered(views, 'rejected')
    .flatMap(({ view }) => view())
    .sort((a, b) => b.lastUnixMs - a.lastUnixMs)
    .map((rejected) => ({
      code: rejected.reason,
      rejected,
      ...explain(rejected, ports),
      observed: observed(rejected),
    }));
}

/** Ports of the receivers; the usual ones if there are none. */
export function portsOf(views: ServiceViews): Ports {
  const listeners = offered(views, 'listeners').flatMap(({ view }) => view());
  const portOf = (purpose: ListenerPurpose) => portIn(listeners.find((each) => each.purpose === purpose)?.address);
  return {
    http: portOf('otlp_http') ?? 4318,
    grpc: portOf('otlp_grpc') ?? 4317,
    purposeOf: (port) => listeners.find(({ address }) => portIn(address) === port)?.purpose,
  };
}

export function portIn(address: string | undefined): number | undefined {
  const port = Number(/:(\d+)$/.exec(address ?? '')?.[1] ?? Number.NaN);
  return Number.isNaN(port) ? undefined : port;
}

function observed({ transport, method, path, contentType, userAgent, detail, port }: RejectedRequests): string {
  const request = [method, path].filter((text) => text !== '').join(' ');
  const what = request === '' ? detail || 'a connection' : `${request}${contentType === '' ? '' : `, ${contentType}`}`;
  const facts = [port > 0 ? `port ${port}` : transport, userAgent, request === '' ? '' : detail];
  return `${what} (${facts.filter((text) => text !== '').join('; ')})`;
}

type Explanation = Pick<Cause, 'title' | 'remedy' | 'level'>;

function explain(rejected: RejectedRequests, ports: Ports): Explanation {
  const { reason, port, detail, path, method, contentType } = rejected;
  const purpose = ports.purposeOf(port);
  switch (reason) {
    case 'wrong_port':
      return error(
        `OTLP is sent to port ${port}, which is read by Prometheus`,
        `Send to port ${ports.http}. Airflow 2.10 to 3.1 uses port 8889 unless AIRFLOW__METRICS__OTEL_PORT=${ports.http} is set.`,
      );
    case 'http2_preface': {
      const where = purpose === 'otlp_http' ? 'the HTTP port' : 'port';
      return error(
        `gRPC is sent to ${where} ${port}`,
        `Send gRPC to port ${ports.grpc}, or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf and send to port ${ports.http}.`,
      );
    }
    case 'plain_http':
      return purpose === 'otlp_grpc' && rejected.transport === 'grpc'
        ? error(
            `HTTP is sent to the gRPC port ${port}`,
            `Send to port ${ports.http}, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc.`,
          )
        : error(
            `HTTP without TLS is sent to port ${port}, which requires TLS`,
            'Write https:// in the endpoint of the client.',
          );
    case 'tls':
      return detail === 'TLS handshake'
        ? error(
            `TLS is sent to port ${port}, which has no TLS`,
            'Write http:// in the endpoint of the client (AIRFLOW__METRICS__OTEL_SSL_ACTIVE=False), or configure tls for the receiver.',
          )
        : error(
            `A TLS handshake on port ${port} failed`,
            'Check that the client trusts the certificate and that both support a common TLS version.',
          );
    case 'not_http':
      return detail === 'StatsD text'
        ? error(
            `StatsD text is sent to port ${port}`,
            'pitot receives OTLP only. Set AIRFLOW__METRICS__STATSD_ON=False and AIRFLOW__METRICS__OTEL_ON=True.',
          )
        : warning(
            `Bytes that are not HTTP are sent to port ${port}`,
            'Find the client by its address. It does not send OTLP.',
          );
    case 'path':
      return wrongPath(path, ports);
    case 'method':
      return info(
        `${method} instead of POST`,
        'None if a person or a probe sent it. Exporters use POST. The connection works.',
      );
    case 'media_type':
      return error(
        `${contentType === '' ? 'A request without media type' : contentType} is not OTLP`,
        'Set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf. A curl command needs -H "Content-Type: application/json".',
      );
    case 'encoding':
      return error(
        `The Content-Encoding ${detail || '(empty)'} is not supported`,
        'Set OTEL_EXPORTER_OTLP_COMPRESSION=gzip, or add the encoding to compression_algorithms.',
      );
    case 'body':
      return error(
        'A request body cannot be decompressed',
        'Check proxies between client and pitot. They must not change the body.',
      );
    case 'size':
      return error(
        'A request is larger than max_request_body_size',
        'Raise max_request_body_size, or let the client send smaller batches.',
      );
    case 'grpc_size':
      return error(
        'A gRPC message is larger than max_recv_msg_size_mib',
        'Raise max_recv_msg_size_mib, or let the client send smaller batches.',
      );
    case 'decode':
      return error(
        'A request is not a valid OTLP message',
        'Check that the media type matches the body, and that nothing between client and pitot cuts it.',
      );
    case 'auth':
      return error(
        'A client is not authenticated',
        'Set OTEL_EXPORTER_OTLP_HEADERS to the credentials that the receiver expects.',
      );
    case 'shared_connection':
      return info(
        'Two processes write to one connection, as after a fork',
        'None if it is rare: the SDK sends its totals again with the next export.',
      );
    case 'pending':
      return error(
        'Too many large requests arrive at the same time, or clients do not complete theirs',
        'Raise limits::in_flight_bytes, or give pitot more memory. Clients retry.',
      );
    case 'gone':
      return warning(
        'A client disconnected before its request was complete',
        'Check the timeouts of the client and of proxies between client and pitot.',
      );
  }
}

function wrongPath(path: string, { http }: Ports): Explanation {
  const title = `Nothing is received at the path ${path}`;
  if (/\/v1\/metrics\/+v1\/metrics/.test(path)) {
    return error(
      title,
      'The endpoint already contains the path. Use OTEL_EXPORTER_OTLP_METRICS_ENDPOINT for an endpoint with a path, or leave /v1/metrics out of OTEL_EXPORTER_OTLP_ENDPOINT.',
    );
  }
  if (/^\/v1\/(traces|logs)\/?$/.test(path)) {
    return info(
      title,
      'Add a pipeline for this signal, or disable its exporter in the client. Metrics are not affected.',
    );
  }
  if (/\/(write|push|prometheus|remote_write)\/?$/.test(path)) {
    return error(title, 'pitot receives OTLP, not remote write. It is scraped by Prometheus.');
  }
  const endpoint = `http://<host>:${http}`;
  return error(
    title,
    `Metrics are received at /v1/metrics. Set OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}, to which SDKs append the path, or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=${endpoint}/v1/metrics.`,
  );
}

const error = (title: string, remedy: string): Explanation => ({ level: 'error', title, remedy });
const warning = (title: string, remedy: string): Explanation => ({ level: 'warning', title, remedy });
const info = (title: string, remedy: string): Explanation => ({ level: 'info', title, remedy });
