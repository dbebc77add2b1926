import { isGateEnabled } from '#config/feature-gates.ts';
import {
  boolean,
  type ConfigOf,
  type ConfigProblem,
  config,
  decodedAlone,
  integer,
  optional,
  string,
  validated,
  withoutEffect,
} from '#config/schema.ts';
import { httpServerShape } from '#http/server-config.ts';
import { noProtocol, statusShape } from './v2/config.ts';

/** The gate with which `health_check` reports the statuses of pipelines and components, like `healthcheckv2`. */
export const statusGate = 'extension.healthcheck.useComponentStatus';

const v2Only =
  'v2 healthcheck configuration (http/grpc fields) detected but feature gate is disabled. ' +
  `Either remove the v2 config fields or enable the feature gate with: --feature-gates=+${statusGate}`;

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
      use_v2: boolean(false).describe('Requires `http` or `grpc`.'),
      ...statusShape,
      ...httpServerShape({ endpoint: 'localhost:13133', unless: ['http', 'grpc'] }),
    }),
  ),
  ({ useV2, endpoint, path, http, grpc }) => {
    const v2 = http !== undefined || grpc !== undefined;
    const isOpen = isGateEnabled(statusGate);
    const problems: (string | ConfigProblem)[] = v2 && !isOpen ? [v2Only] : [];
    if (useV2 && !v2) problems.push({ path: 'config', message: noProtocol });
    else if (useV2 || (v2 && isOpen)) return problems;
    else if (endpoint === '') problems.push({ path: 'config', message: 'http endpoint required' });
    else if (!path.startsWith('/')) problems.push({ path: 'config', message: 'path must start with /' });
    return problems;
  },
);
export type HealthCheckConfig = NonNullable<ConfigOf<typeof healthCheckConfig>>;
