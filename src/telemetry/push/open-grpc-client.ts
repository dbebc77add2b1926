import { Client, compressionAlgorithms, credentials, Metadata } from '@grpc/grpc-js';
import { userAgent } from '#build-info.ts';
import { type OtlpClient, type OtlpDestination, tlsFiles } from './otlp-client.ts';

const exportMethod = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';

/** Opens a client of OTLP over gRPC. It uses no TLS if `insecure` is set or the endpoint starts with `http://`. */
export function openGrpcClient(destination: OtlpDestination): OtlpClient {
  const { endpoint, headers, insecure, compression } = destination;
  const address = endpoint.replace(/^https?:\/\//, '').replace(/\/.*$/, '') || 'localhost:4317';
  const isPlain = insecure || endpoint.startsWith('http://');
  const { ca, cert, key } = isPlain ? {} : tlsFiles(destination);
  const channel = isPlain ? credentials.createInsecure() : credentials.createSsl(ca, key, cert);
  const client = new Client(address, channel, {
    'grpc.primary_user_agent': userAgent,
    ...(compression === 'gzip' && { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip }),
  });
  return {
    send(body, timeoutMs) {
      const metadata = new Metadata();
      for (const { name, value } of headers) metadata.set(name, value);
      return new Promise((resolve, reject) => {
        client.makeUnaryRequest(
          exportMethod,
          (request: Uint8Array) => Buffer.from(request),
          (response: Buffer) => response,
          body,
          metadata,
          { deadline: Date.now() + timeoutMs },
          (error) => (error ? reject(error) : resolve()),
        );
      });
    },
    close: () => client.close(),
  };
}
