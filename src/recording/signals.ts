/** The signals of OTLP: path over HTTP, and method of gRPC. */
const services = {
  '/v1/metrics': '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  '/v1/traces': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  '/v1/logs': '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
} as const;

/** Path of a signal over HTTP. */
export type SignalPath = keyof typeof services;

/** Returns the method of gRPC for a path over HTTP; undefined if the path is no signal's. */
export function grpcPathOf(path: string): string | undefined {
  return services[path as SignalPath];
}

/** Returns the path over HTTP for a method of gRPC; undefined if the method is no signal's. */
export function httpPathOf(method: string): SignalPath | undefined {
  return (Object.keys(services) as SignalPath[]).find((path) => services[path] === method);
}
