import type { ExtensionFactory } from '#component/factory.ts';
import { isGateEnabled } from '#config/feature-gates.ts';
import { type HealthCheckConfig, healthCheckConfig, statusGate } from './config.ts';
import { HealthCheck } from './health-check.ts';
import { type HealthCheckV2Config, healthCheckV2Config } from './v2/config.ts';
import { HealthCheckV2 } from './v2/health-check-v2.ts';

const olderSettings =
  'Feature gate enabled but using legacy config format. Please migrate to v2 config format (http/grpc fields).';

/** Returns settings of version 2: the older ones serve the statuses under `path`, and have no effect next to newer ones. */
function withStatuses(config: HealthCheckConfig): HealthCheckV2Config {
  if (config.http || config.grpc) return { ...config, useV2: true };
  const path = { enabled: true, path: config.path, includeAttributes: false };
  return { ...config, useV2: true, http: { ...config, status: path, config: { ...path, enabled: false } } };
}

/** `health_check`: liveness and readiness over HTTP. */
export const healthCheckFactory: ExtensionFactory<HealthCheckConfig> = {
  type: 'health_check',
  stability: 'Alpha',
  configSchema: healthCheckConfig,
  remarks: ({ http, grpc, componentHealth }) => {
    if (isGateEnabled(statusGate)) return http || grpc ? [] : [{ key: 'endpoint', message: olderSettings, fields: {} }];
    const message = `Setting has no effect without the feature gate ${statusGate}; ignored`;
    return componentHealth ? [{ key: 'component_health', message, fields: {} }] : [];
  },
  create: (config, settings) =>
    isGateEnabled(statusGate) ? new HealthCheckV2(withStatuses(config), settings) : new HealthCheck(config, settings),
};

/** `healthcheckv2`: with `use_v2`, statuses of pipelines over HTTP and gRPC; otherwise the same as `health_check`. */
export const healthCheckV2Factory: ExtensionFactory<HealthCheckV2Config> = {
  type: 'healthcheckv2',
  stability: 'Development',
  configSchema: healthCheckV2Config,
  remarks: ({ useV2, http, grpc }) =>
    Object.entries(useV2 ? {} : { http, grpc }).flatMap(([key, block]) =>
      block ? [{ key, message: 'Setting has no effect without use_v2: true; ignored', fields: {} }] : [],
    ),
  create: (config, settings) =>
    config.useV2 ? new HealthCheckV2(config, settings) : new HealthCheck(config, settings),
};
