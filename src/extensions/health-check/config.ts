import {
  anything,
  boolean,
  type ConfigOf,
  type ConfigProblem,
  config,
  decodedAlone,
  duration,
  integer,
  optional,
  string,
  validated,
  withoutEffect,
} from '#config/schema.ts';
import { httpServerShape } from '#http/server-config.ts';

const v2Only =
  'v2 healthcheck configuration (http/grpc fields) detected but feature gate is disabled. ' +
  'Either remove the v2 config fields or enable the feature gate with: ' +
  '--feature-gates=+extension.healthcheck.useComponentStatus';

/** Configuration of `health_check` (docs/reference/collector-behaviour.md#health-check-extension). */
export const healthCheckConfig = validated(
  decodedAlone(
    config('healthcheck.Config', {
      path: string('/').describe('Path of the check. A path that ends with `/` includes everything below it.'),
      response_body: optional(
        config('healthcheck.ResponseBodyConfig', {
          healthy: string().describe('Body of the response when healthy.'),
          unhealthy: string().describe('Body of the response when unhealthy.'),
        }),
      ).describe('Bodies that replace the JSON text.'),
      check_collector_pipeline: withoutEffect(
        config('healthcheck.CheckCollectorPipelineConfig', {
          enabled: boolean(false),
          interval: string('5m'),
          exporter_failure_threshold: integer(5),
        }),
      ),
      use_v2: boolean(false).describe('Must be false.'),
      http: anything().describe('Not supported: requires a feature gate that pitot does not have.'),
      grpc: anything().describe('Not supported: requires a feature gate that pitot does not have.'),
      component_health: withoutEffect(
        optional(
          config('healthcheck.ComponentHealthConfig', {
            include_permanent_errors: boolean(false),
            include_recoverable_errors: boolean(false),
            recovery_duration: duration('5m'),
          }),
        ),
      ),
      ...httpServerShape({ endpoint: 'localhost:13133' }),
    }),
  ),
  ({ useV2, endpoint, path, http, grpc }) => {
    const v2 = (http ?? undefined) !== undefined || (grpc ?? undefined) !== undefined;
    const problems: (string | ConfigProblem)[] = v2 ? [v2Only] : [];
    if (useV2 && !v2) problems.push({ path: 'config', message: 'must specify at least one protocol' });
    else if (useV2) return problems;
    else if (endpoint === '') problems.push({ path: 'config', message: 'http endpoint required' });
    else if (!path.startsWith('/')) problems.push({ path: 'config', message: 'path must start with /' });
    return problems;
  },
);
export type HealthCheckConfig = NonNullable<ConfigOf<typeof healthCheckConfig>>;
