import type { ListenerPurpose } from '#component/views/component-views.ts';
import type { RejectedRequests } from '#component/views/rejection.ts';
import type { ServiceViews } from '#component/views/service-views.ts';
import { remedyOfBody } from './body-faults.ts';
import { isRemoteWrite, probe, remoteWrite, wrongPath, wrongService } from './path-causes.ts';
import { type Explanation, error, info, type Ports, warning } from './rejection-explanation.ts';

/** Ports of a pitot whose listeners are unknown. */
const defaultPorts: Ports = { http: 4318, grpc: 4317, metrics: 8889, purposeOf: () => undefined };

/** Returns the ports of the receivers, or the default ports if there are none. */
export function portsOf(views: ServiceViews | undefined): Ports {
  const listeners = views?.components().flatMap((component) => component.views.listeners?.() ?? []) ?? [];
  const portOf = (purpose: ListenerPurpose) => portIn(listeners.find((each) => each.purpose === purpose)?.address);
  return {
    http: portOf('otlp_http') ?? defaultPorts.http,
    grpc: portOf('otlp_grpc') ?? (listeners.length === 0 ? defaultPorts.grpc : undefined),
    metrics: portOf('metrics') ?? defaultPorts.metrics,
    purposeOf: (port) => listeners.find(({ address }) => portIn(address) === port)?.purpose,
  };
}

/** Returns the port at the end of an address, or undefined if there is none. */
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
      return wrongPort(rejected, ports);
    case 'http2_preface': {
      const where = purpose === 'otlp_http' ? 'the HTTP port' : 'port';
      return error(
        `gRPC is sent to ${where} ${port}`,
        `${ports.grpc === undefined ? 'Set' : `Send gRPC to port ${ports.grpc}, or set`} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf and send to port ${ports.http}. OTLP over HTTP must use HTTP/1.1.${ports.grpc === undefined ? ' No receiver of this pitot has protocols::grpc.' : ''}`,
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
      return transport === 'grpc' ? wrongService(path) : wrongPath(rejected, ports);
    case 'method':
      return info(`${method} instead of POST`, probe);
    case 'media_type':
      if (contentType.startsWith('application/grpc') && transport === 'http') return wrongPath(rejected, ports);
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
      if (isRemoteWrite(rejected)) return remoteWrite(`Remote write is sent to ${path}`);
      return error(
        `The Content-Encoding ${detail || '(empty)'} is not supported`,
        'Set OTEL_EXPORTER_OTLP_COMPRESSION=gzip, or add the encoding to compression_algorithms of the receiver.',
      );
    case 'body':
      if (isRemoteWrite(rejected)) return remoteWrite(`Remote write is sent to ${path}`);
      return error(
        'A request body cannot be decompressed',
        remedyOfBody(detail) ?? 'Check proxies between client and pitot. They must not change the body.',
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
      if (isRemoteWrite(rejected)) return remoteWrite(`Remote write is sent to ${path}`);
      return error(
        'A request is not a valid OTLP message',
        remedyOfBody(detail) ??
          'Check that the media type matches the body, and that nothing between client and pitot cuts it.',
      );
    case 'auth':
      if (purpose === 'console') return wrongPort(rejected, ports);
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

/**
 * Returns a text that is the same for all rejections which need the same correction. Texts of clients are not part of it,
 * so the number of texts is limited.
 */
export function correctionOf(rejected: RejectedRequests): string {
  return explainRejection(rejected, { ports: defaultPorts, component: '' }).remedy;
}

/** Explains OTLP that is sent to a port which receives none. */
function wrongPort(rejected: RejectedRequests, ports: Ports): Explanation {
  const { port } = rejected;
  const purpose = ports.purposeOf(port);
  if (isRemoteWrite(rejected)) return remoteWrite(`Remote write is sent to port ${port}`);
  if (purpose === 'health' || purpose === 'console') {
    const what = purpose === 'health' ? 'the health check' : 'the console';
    return error(
      `OTLP is sent to port ${port}, which is ${what}`,
      `Nothing is stored. Send to port ${ports.http}${ports.grpc === undefined ? '' : `, or over gRPC to port ${ports.grpc}`}.`,
    );
  }
  return error(
    `OTLP is sent to port ${port}, which is read by Prometheus`,
    `Send to port ${ports.http}. Airflow 2.10 to 3.1 uses port 8889 unless AIRFLOW__METRICS__OTEL_PORT=${ports.http} is set.`,
  );
}
