import type { ListenerPurpose } from '#component/views/component-views.ts';
import type { RejectedRequests } from '#component/views/rejection.ts';
import type { ServiceViews } from '#component/views/service-views.ts';

/** The mistake of a rejected client, and its correction. */
export interface Explanation {
  readonly title: string;
  readonly remedy: string;
  readonly level: 'error' | 'warning' | 'info';
}

/** Ports to which clients send. */
export interface Ports {
  readonly http: number;
  readonly grpc: number;
  purposeOf(port: number): ListenerPurpose | undefined;
}

/** Returns the ports of the receivers, or the default ports if there are none. */
export function portsOf(views: ServiceViews | undefined): Ports {
  const listeners = views?.components().flatMap((component) => component.views.listeners?.() ?? []) ?? [];
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

/** Returns the explanation of a rejection. `component`: ID of the component that listens. */
export function explainRejection(
  rejected: RejectedRequests,
  { ports, component }: { readonly ports: Ports; readonly component: string },
): Explanation {
  const { reason, port, detail, path, method, contentType, transport } = rejected;
  const purpose = ports.purposeOf(port);
  switch (reason) {
    case 'wrong_port':
      if (isRemoteWrite(path)) return remoteWrite(`Remote write is sent to port ${port}`);
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
      if (detail === 'TLS handshake' && (purpose === 'metrics' || purpose === 'own_metrics')) {
        return error(
          `TLS is sent to port ${port}, which has no TLS`,
          'Write scheme: http in the scrape job, or configure tls for the exporter.',
        );
      }
      return detail === 'TLS handshake'
        ? error(
            `TLS is sent to port ${port}, which has no TLS`,
            'Write http:// in the endpoint of the client (AIRFLOW__METRICS__OTEL_SSL_ACTIVE=False), or configure tls for the receiver.',
          )
        : error(
            `A TLS handshake${port > 0 ? ` on port ${port}` : ''} failed`,
            'Check that the client trusts the certificate and that both support a common TLS version.',
          );
    case 'not_http':
      return detail === 'StatsD text'
        ? error(
            `StatsD text is sent to port ${port}`,
            'pitot receives OTLP only. Set AIRFLOW__METRICS__STATSD_ON=False and AIRFLOW__METRICS__OTEL_ON=True in Airflow.',
          )
        : warning(
            `Bytes that are not HTTP are sent to port ${port}`,
            'Find the client by its address. It does not send OTLP.',
          );
    case 'path':
      return transport === 'grpc' ? wrongService(path) : wrongPath(path, ports);
    case 'method':
      return info(
        `${method} instead of POST`,
        'No action is needed if a person or a probe sent it. Exporters use POST. The connection works.',
      );
    case 'media_type':
      if (transport === 'grpc') {
        return error(
          `HTTP/2 without gRPC is sent to the gRPC port ${port}`,
          `Send OTLP over HTTP to port ${ports.http}, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc.`,
        );
      }
      return error(
        `${contentType === '' ? 'A request without media type' : contentType} is not OTLP`,
        'Set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf. A curl command needs -H "Content-Type: application/json".',
      );
    case 'encoding':
      return error(
        `The Content-Encoding ${detail || '(empty)'} is not supported`,
        'Set OTEL_EXPORTER_OTLP_COMPRESSION=gzip, or add the encoding to compression_algorithms of the receiver.',
      );
    case 'body':
      return error(
        'A request body cannot be decompressed',
        'Check proxies between client and pitot. They must not change the body.',
      );
    case 'size':
      return error(
        'A request is larger than max_request_body_size',
        `Raise receivers::${component}::protocols::http::max_request_body_size, or let the client send smaller batches.`,
      );
    case 'grpc_size':
      return error(
        'A gRPC message is larger than max_recv_msg_size_mib',
        `Raise receivers::${component}::protocols::grpc::max_recv_msg_size_mib, or let the client send smaller batches.`,
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
        'No action is needed if it is rare: the SDK sends its totals again with the next export.',
      );
    case 'pending':
      return error(
        'Too many large requests arrive at the same time, or clients do not complete theirs',
        `Raise receivers::${component}::limits::in_flight_bytes, or give pitot more memory. Clients retry.`,
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
  if (isRemoteWrite(path)) return remoteWrite(title);
  const endpoint = `http://<host>:${http}`;
  return error(
    title,
    `Metrics are received at /v1/metrics. Set OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}, to which SDKs append the path, or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=${endpoint}/v1/metrics.`,
  );
}

/** Explains a gRPC call of a service that no pipeline uses, or that is not OTLP. */
function wrongService(path: string): Explanation {
  const signal = /\.(trace|logs)\.v1\.(Trace|Logs)Service\/Export$/.exec(path)?.[1];
  if (signal !== undefined) {
    const remedy = 'Add a pipeline for this signal, or disable its exporter in the client. Metrics are not affected.';
    return info(`No pipeline receives ${signal === 'trace' ? 'traces' : 'logs'} over gRPC`, remedy);
  }
  return error(`${path} is not a service of OTLP`, 'Send OTLP metrics, or find the client by its address.');
}

const isRemoteWrite = (path: string) => /\/(write|push|prometheus|remote_write)\/?$/.test(path);

function remoteWrite(title: string): Explanation {
  return error(title, 'pitot receives OTLP, not remote write. It is scraped by Prometheus.');
}

const error = (title: string, remedy: string): Explanation => ({ level: 'error', title, remedy });
const warning = (title: string, remedy: string): Explanation => ({ level: 'warning', title, remedy });
const info = (title: string, remedy: string): Explanation => ({ level: 'info', title, remedy });
