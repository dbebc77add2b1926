import type { ExtensionFactory } from '#component/factory.ts';
import { type HealthCheckConfig, healthCheckConfig } from './config.ts';
import { HealthCheck } from './health-check.ts';

/** `health_check`: liveness and readiness over HTTP. `healthcheckv2` is accepted with the keys that both have. */
export const healthCheckFactory: ExtensionFactory<HealthCheckConfig> = {
  type: 'health_check',
  laterNames: ['healthcheckv2'],
  stability: 'Alpha',
  configSchema: healthCheckConfig,
  create: (config, settings) => new HealthCheck(config, settings),
};
