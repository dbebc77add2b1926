import {
  boolean,
  type ConfigOf,
  type ConfigProblem,
  config,
  decodedAlone,
  duration,
  integer,
  listenAddress,
  nullable,
  nullableWithDefaults,
  reportedAs,
  string,
  validated,
  withoutEffect,
} from '#config/schema.ts';
import { grpcServerConfigAt } from '#grpc-server/config.ts';
import { httpServerShape } from '#http/server-config.ts';

/** Problem of `use_v2` without `http` and `grpc`. */
export const noProtocol = 'must specify at least one protocol';

function pathConfig(defaults: { readonly enabled: boolean; readonly path: string }) {
  return config('httpserver.PathConfig', {
    enabled: boolean(defaults.enabled).describe('Enables the path.'),
    path: string(defaults.path).describe('Path.'),
    include_attributes: withoutEffect(boolean(false), 'statuses have no attributes'),
  });
}

/** The settings of version 2, which `healthcheckv2` and `health_check` share. */
export const statusShape = {
  grpc: reportedAs('grpc::serverconfig', nullableWithDefaults(grpcServerConfigAt('localhost:13132'))).describe(
    'The service `grpc.health.v1.Health`.',
  ),
  http: nullableWithDefaults(
    config('httpserver.Config', {
      ...httpServerShape({ endpoint: 'localhost:13133' }),
      status: pathConfig({ enabled: true, path: '/status' }).describe('Statuses of pipelines and components.'),
      config: pathConfig({ enabled: false, path: '/config' }).describe('Effective configuration, without secrets.'),
    }),
  ).describe('Statuses over HTTP.'),
  component_health: nullable(
    config('config.ComponentHealthConfig', {
      include_permanent_errors: boolean(false).describe('Reports a permanent error of a component as unhealthy.'),
      include_recoverable_errors: boolean(false).describe(
        'Reports a recoverable error of a component, such as a full disk, as unhealthy after `recovery_duration`.',
      ),
      recovery_duration: duration(0).describe('Time in which a component can recover.'),
    }),
  ).describe('Errors of components that make the status unhealthy.'),
};

/** Configuration of `healthcheckv2` (docs/reference/collector-behaviour.md#health-check-extension). */
export const healthCheckV2Config = validated(
  decodedAlone(
    config('healthcheck.Config', {
      use_v2: boolean(false).describe(
        'Enables `http` and `grpc`. If `false`, the extension answers like `health_check`, with the settings next to this one.',
      ),
      ...statusShape,
      path: string('/').describe('Path of the check without `use_v2`.'),
      response_body: nullable(
        config('httpserver.ResponseBodyConfig', {
          healthy: string().describe('Body of the response when healthy.'),
          unhealthy: string().describe('Body of the response when unhealthy.'),
        }),
      ).describe('Bodies that replace the JSON text, without `use_v2`.'),
      check_collector_pipeline: withoutEffect(
        nullable(
          config('httpserver.CheckCollectorPipelineConfig', {
            enabled: boolean(false),
            interval: string(),
            exporter_failure_threshold: integer(0),
          }),
        ),
      ),
      ...httpServerShape(),
      endpoint: listenAddress('localhost:13133', ['useV2']).describe('Address of the check without `use_v2`.'),
    }),
  ),
  ({ useV2, endpoint, path, http, grpc }): readonly (string | ConfigProblem)[] => {
    if (!useV2) {
      if (endpoint === '') return ['http endpoint required'];
      return path.startsWith('/') ? [] : ['path must start with /'];
    }
    if (!http && !grpc) return [noProtocol];
    if (http?.endpoint === '') return ['http endpoint required'];
    const paths = http ? [http.status, http.config] : [];
    if (paths.some((each) => each.enabled && !each.path.startsWith('/'))) return ['path must start with /'];
    return grpc?.endpoint === '' ? ['grpc endpoint required'] : [];
  },
);
export type HealthCheckV2Config = NonNullable<ConfigOf<typeof healthCheckV2Config>>;
