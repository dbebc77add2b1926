import type { ComponentSettings } from '#component/component.ts';
import { defaultMaxMessageSize, type GrpcServerConfig } from '#grpc-server/config.ts';
import type { GrpcMethod } from '#grpc-server/grpc-listener.ts';
import { recordCall } from '#grpc-server/record-call.ts';
import type { RejectionLog } from '#http/rejected-requests.ts';
import type { InFlightGate } from '../in-flight-gate.ts';
import type { RequestTap } from '../request-tap.ts';
import type { Handlings } from '../signal-decoders.ts';
import { SignalIntake } from '../signal-intake.ts';
import { ExportService } from './export-service.ts';

const services = {
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
} as const;

interface ExportMethodsOptions {
  readonly config: GrpcServerConfig;
  readonly settings: ComponentSettings;
  readonly handlings: Handlings;
  readonly rejected: RejectionLog;
  readonly gate: InFlightGate;
  readonly tap: RequestTap;
}

/** Returns the `Export` methods of the signals that have a pipeline, by path. */
export function exportMethods({
  config,
  settings,
  handlings,
  rejected,
  gate,
  tap,
}: ExportMethodsOptions): ReadonlyMap<string, GrpcMethod> {
  const maxMessageSize = config.maxRecvMsgSizeMib > 0 ? config.maxRecvMsgSizeMib * 1024 * 1024 : defaultMaxMessageSize;
  const methods = new Map<string, GrpcMethod>();
  for (const signal of ['metrics', 'traces', 'logs'] as const) {
    const handling = handlings[signal];
    if (handling === undefined) continue;
    const service = new ExportService({
      intake: new SignalIntake<unknown>(handling, settings, 'grpc'),
      gate,
      tap,
      path: `/v1/${signal}`,
      onRejected: (reason, call, detail) => recordCall(rejected, { reason, call, detail }),
      includeMetadata: config.includeMetadata,
      maxMessageSize,
    });
    methods.set(`/${services[signal]}/Export`, (call, auth) => service.handle(call, auth));
  }
  return methods;
}
