import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { headerMap } from './header-map.ts';
import { withoutText } from './raw-value.ts';
import { withMetadata } from './schema/metadata.ts';
import {
  anything,
  boolean,
  type ConfigOf,
  config,
  decodedAlone,
  duration,
  enumeration,
  integer,
  list,
  nullable,
  olderKey,
  secret,
  string,
  stringList,
  validated,
  withoutEffect,
} from './schema.ts';

const levelRefusal = (text: string) => `unknown metrics level "${text}"`;
const telemetryLevel = (absent: 'none' | 'normal') =>
  enumeration({
    values: ['none', 'basic', 'normal', 'detailed'],
    default: absent,
    zero: 'basic',
    ignoreCase: true,
    refusal: levelRefusal,
    numbered: { goType: 'configtelemetry.Level', first: -1 },
  });

const logs = config('migration.LogsConfigV030', {
  level: enumeration({
    values: ['debug', 'info', 'warn', 'error', 'dpanic', 'panic', 'fatal'],
    default: 'info',
    ignoreCase: true,
    refusal: (text) => `unrecognized level: "${text}"`,
    numbered: { goType: 'zapcore.Level', first: -1 },
  }).describe('Lowest level that is logged.'),
  development: withoutEffect(boolean()),
  encoding: string('console').describe('`console` or `json`.'),
  disable_caller: boolean().describe('Omits the column with the position in the code.'),
  disable_stacktrace: withoutEffect(boolean(), 'stack traces are never logged'),
  sampling: config('migration.LogsSamplingConfig', {
    enabled: boolean(true).describe('Limits how often equal messages are logged.'),
    tick: duration('10s').describe('Interval in which equal messages are counted.'),
    initial: integer(10).describe('Number of equal messages that are logged per interval.'),
    thereafter: integer(100).describe('After those, every n-th equal message is logged. `0` logs none.'),
  }).describe('Limits equal messages, including those of the debug exporter.'),
  output_paths: stringList(['stderr']).describe('Outputs of the log: `stdout`, `stderr`, or files.'),
  error_output_paths: withoutEffect(stringList(['stderr'])),
  initial_fields: anything().describe('Fields that are added to every entry.'),
  processors: list(anything()).describe('Accepted with a warning: pitot does not export logs over OTLP.'),
  disable_zap_resource: boolean().describe('Omits the field `resource`.'),
});

const prometheusReader = config('v0.3.0.Prometheus', {
  host: string('localhost').describe('Address on which pitot serves its own metrics.'),
  port: integer(8888).describe('Port. `0` selects any free port.'),
  allowed_hosts: stringList().describe(
    'Further host names under which the server answers; `*` allows all. IP addresses, `localhost`, names without a dot, names of this cluster or network, and `host` are always allowed. Specific to pitot.',
  ),
  without_scope_info: boolean(true).describe('Omits the `otel_scope_*` labels.'),
  without_units: boolean(true).describe('Omits units in names.'),
  without_type_suffix: boolean(true).describe('Omits `_total` in names of counters.'),
  with_resource_constant_labels: nullable(
    config('v0.3.0.IncludeExclude', { included: stringList(), excluded: stringList() }),
  ).describe('Resource attributes that become labels of every series.'),
});

const otlpReader = config('v0.3.0.OTLPMetric', {
  protocol: string().describe('`http/protobuf` or `grpc`. Required.'),
  endpoint: string().describe('Destination: `http://host:4318` or `host:4317`.'),
  headers: headerMap().describe('Headers of every request.'),
  headers_list: secret('', { goType: 'string' }).describe('Headers as one text: `a=b,c=d`.'),
  compression: string().describe('`gzip` or `none`.'),
  timeout: integer(10_000).describe('Timeout of one request, in milliseconds.'),
  certificate: string().describe('File with the trusted certificate authorities.'),
  client_key: string().describe('File with the private key of the client.'),
  client_certificate: string().describe('File with the certificate of the client.'),
  insecure: boolean().describe('Disables TLS for gRPC.'),
  temporality_preference: string('cumulative').describe('`cumulative`. Other values are accepted with a warning.'),
  default_histogram_aggregation: withoutEffect(string()),
});

const reader = config('v0.3.0.MetricReader', {
  producers: olderKey(list(anything())),
  pull: nullable(
    config('v0.3.0.PullMetricReader', {
      exporter: config('v0.3.0.PullMetricExporter', {
        prometheus: nullable(prometheusReader).describe('Endpoint that Prometheus scrapes.'),
      }),
      producers: list(anything()),
      cardinality_limits: anything(),
    }),
  ).describe('Exports when scraped.'),
  periodic: nullable(
    config('v0.3.0.PeriodicMetricReader', {
      interval: integer(60_000).describe('milliseconds'),
      timeout: integer(30_000).describe('milliseconds'),
      exporter: config('v0.3.0.PushMetricExporter', {
        otlp: nullable(otlpReader).describe('Exports over OTLP.'),
        console: nullable(config('v0.3.0.Console', {})).describe('Accepted with a warning.'),
      }),
      producers: list(anything()),
      cardinality_limits: anything(),
    }),
  ).describe('Exports at an interval.'),
});
const defaultReaders = [
  reader.parse({ pull: { exporter: { prometheus: { host: 'localhost', port: 8888 } } } }),
] as const;

const metrics = config('migration.MetricsConfigV030', {
  level: telemetryLevel('normal').describe('Level of detail of the metrics.'),
  readers: list(reader, defaultReaders).describe("Exports of pitot's own metrics."),
  views: withoutEffect(anything()),
});

const traces = config('migration.TracesConfigV030', {
  level: telemetryLevel('none'),
  propagators: stringList(),
  processors: list(anything()),
  sampler: anything(),
  limits: anything(),
});

/** Resource of pitot's own telemetry. */
interface TelemetryResource {
  readonly attributes: readonly { readonly name: string; readonly value: unknown }[];
  /** The older form, a flat map. `null` removes a default attribute. */
  readonly legacy: Readonly<Record<string, unknown>>;
  readonly hasAttributesList: boolean;
}

const resourceKeys = ['attributes', 'attributes_list', 'schema_url', 'detectors', 'detection/development'];
const resourceAttributes = list(
  config('v0.3.0.AttributeNameValue', { name: string(), type: anything(), value: anything() }),
);

/** Schema of both forms, which share one level: four known keys; every other key is an attribute of the older form. */
function resource(): z.ZodType<TelemetryResource> {
  const schema = z
    .unknown()
    .optional()
    .transform((raw, context): TelemetryResource => {
      const value = withoutText(raw) ?? {};
      if (typeof value !== 'object' || Array.isArray(value)) {
        const kind = Array.isArray(value) ? 'slice' : typeof value;
        context.addIssue({ code: 'custom', message: `expected a map or struct, got "${kind}"` });
        return z.NEVER;
      }
      const map = value as Record<string, unknown>;
      const attributes = resourceAttributes.safeParse(map.attributes);
      if (!attributes.success) {
        for (const issue of attributes.error.issues) {
          const placed = { ...issue, path: ['attributes', ...issue.path] };
          context.addIssue(placed as Parameters<typeof context.addIssue>[0]);
        }
        return z.NEVER;
      }
      const legacy = Object.entries(map).filter(([key]) => !resourceKeys.includes(key));
      return {
        attributes: attributes.data,
        legacy: Object.fromEntries(legacy.map(([key, item]) => [key, anything().parse(item)])),
        hasAttributesList: map.attributes_list !== undefined && map.attributes_list !== null,
      };
    });
  return withMetadata(schema as z.ZodType<TelemetryResource>, {
    kind: 'any',
    written: ({ attributes, legacy }: TelemetryResource) =>
      attributes.length === 0 ? legacy : { ...legacy, attributes },
  });
}

const checkedResource = validated(resource(), ({ attributes, legacy, hasAttributesList }) => {
  if (hasAttributesList) {
    return 'resource::attributes_list is not currently supported, please use resource::attributes';
  }
  const wrong = Object.entries(legacy).find(([, value]) => value !== null && typeof value !== 'string');
  if (wrong) return `legacy resource attribute "${wrong[0]}" must be string or null`;
  if (attributes.length > 0 && Object.keys(legacy).length > 0) {
    return 'resource::attributes cannot be used together with legacy inline resource attributes';
  }
  return undefined;
});

/** Schema of `service.telemetry` (docs/reference/collector-behaviour.md#telemetry-settings). */
export const telemetryConfig = validated(
  config('otelconftelemetry.Config', {
    logs: decodedAlone(logs).describe("pitot's own log."),
    metrics: decodedAlone(metrics).describe("pitot's own metrics, by default on localhost:8888."),
    traces: withoutEffect(decodedAlone(traces), 'no spans are created'),
    resource: checkedResource.describe("Resource attributes of pitot's own telemetry, as a map or under `attributes`."),
  }),
  ({ metrics: { level, readers, views } }) => {
    if (level !== 'none' && readers.length === 0) {
      return 'collector telemetry metrics reader should exist when metric level is not none';
    }
    if (views !== undefined && views !== null && level !== 'detailed') {
      return 'service::telemetry::metrics::views can only be set when service::telemetry::metrics::level is detailed';
    }
    return undefined;
  },
);
export type TelemetryConfig = ConfigOf<typeof telemetryConfig>;
export type MetricsReaderConfig = TelemetryConfig['metrics']['readers'][number];

const instanceId = randomUUID();

/**
 * Returns the resource attributes: the defaults, without those that the configuration removes, plus those that it adds.
 */
export function resourceAttributesOf(
  telemetry: TelemetryConfig,
  build: { readonly command: string; readonly version: string },
): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = {
    'service.instance.id': instanceId,
    'service.name': build.command,
    'service.version': build.version,
  };
  for (const [key, value] of Object.entries(telemetry.resource.legacy)) {
    if (value === null) delete attributes[key];
    else attributes[key] = String(value);
  }
  for (const { name, value } of telemetry.resource.attributes) {
    attributes[name] = typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
  return attributes;
}
