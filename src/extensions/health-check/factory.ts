import type { ExtensionFactory } from '#component/factory.ts';
import { type HealthCheckConfig, healthCheckConfig } from './config.ts';
import { HealthCheck } from './health-check.ts';
import { type HealthCheckV2Config, healthCheckV2Config } from './v2/config.ts';
import { HealthCheckV2 } from './v2/health-check-v2.ts';

/** `health_check`: liveness and readiness over HTTP. */
export const healthCheckFactory: ExtensionFactory<HealthCheckConfig> = {
  type: 'health_check',
  stability: 'Alpha',
  configSchema: healthCheckConfig,
  create: (config, settings) => new HealthCheck(config, settings),
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
