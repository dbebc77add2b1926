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
  secret,
  string,
  stringList,
  validated,
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
  }).describe('the least level that is written'),
  development: boolean().describe('accepted, without effect'),
  encoding: string('console').describe('`console` or `json`'),
  disable_caller: boolean().describe('leave out the column that names the place in the code'),
  disable_stacktrace: boolean().describe('accepted: stack traces are never written'),
  sampling: config('migration.LogsSamplingConfig', {
    enabled: boolean(true).describe('write equal messages only now and then'),
    tick: duration('10s').describe('how long equal messages are counted'),
    initial: integer(10).describe('how many of them are written'),
    thereafter: integer(100).describe('after those each n-th is; 0: none'),
  }).describe('thins out equal messages, also those of the debug exporter'),
  output_paths: stringList(['stderr']).describe('`stdout`, `stderr` or files'),
  error_output_paths: stringList(['stderr']).describe('accepted, without effect'),
  initial_fields: anything().describe('fields that every entry carries'),
  processors: list(anything()).describe('accepted with a warning: logs are not exported over OTLP'),
  disable_zap_resource: boolean().describe('leave out the field `resource`'),
});

const prometheusReader = config('v0.3.0.Prometheus', {
  host: string('localhost').describe('where the page is served'),
  port: integer(8888).describe('0: any free port'),
  without_scope_info: boolean(true).describe('no `otel_scope_*` labels'),
  without_units: boolean(true).describe('no units in names'),
  without_type_suffix: boolean(true).describe('no `_total` in names of counters'),
  with_resource_constant_labels: nullable(
    config('v0.3.0.IncludeExclude', { included: stringList(), excluded: stringList() }),
  ).describe('attributes of the resource that become labels of every series'),
});

const otlpReader = config('v0.3.0.OTLPMetric', {
  protocol: string().describe('`http/protobuf` or `grpc`; required'),
  endpoint: string().describe('where to: `http://host:4318`, `host:4317`'),
  headers: headerMap().describe('sent along'),
  headers_list: secret('', { goType: 'string' }).describe('the same as a text: `a=b,c=d`'),
  compression: string().describe('`gzip` or `none`'),
  timeout: integer(10_000).describe('milliseconds that one push may take'),
  certificate: string().describe('file with the authorities to trust'),
  client_key: string().describe('file with our private key'),
  client_certificate: string().describe('file with our certificate'),
  insecure: boolean().describe('no TLS, over gRPC'),
  temporality_preference: string('cumulative').describe('`cumulative`; the others are accepted with a warning'),
  default_histogram_aggregation: string().describe('accepted, without effect'),
});

const reader = config('v0.3.0.MetricReader', {
  pull: nullable(
    config('v0.3.0.PullMetricReader', {
      exporter: config('v0.3.0.PullMetricExporter', {
        prometheus: nullable(prometheusReader).describe('a page for Prometheus'),
      }),
      producers: list(anything()),
      cardinality_limits: anything(),
    }),
  ).describe('served when asked for'),
  periodic: nullable(
    config('v0.3.0.PeriodicMetricReader', {
      interval: integer(60_000).describe('milliseconds'),
      timeout: integer(30_000).describe('milliseconds'),
      exporter: config('v0.3.0.PushMetricExporter', {
        otlp: nullable(otlpReader).describe('pushed over OTLP'),
        console: nullable(config('v0.3.0.Console', {})).describe('accepted with a warning'),
      }),
      producers: list(anything()),
      cardinality_limits: anything(),
    }),
  ).describe('sent by itself, at intervals'),
});
const defaultReaders = [
  reader.parse({ pull: { exporter: { prometheus: { host: 'localhost', port: 8888 } } } }),
] as const;

const metrics = config('migration.MetricsConfigV030', {
  level: telemetryLevel('normal').describe('how much is measured'),
  readers: list(reader, defaultReaders).describe('where our own metrics can be had'),
  views: anything().describe('accepted, without effect'),
});

const traces = config('migration.TracesConfigV030', {
  level: telemetryLevel('none').describe('accepted: spans of our own are not made'),
  propagators: stringList(),
  processors: list(anything()),
  sampler: anything(),
  limits: anything(),
});

/** What is told about this process in its own telemetry. */
interface TelemetryResource {
  readonly attributes: readonly { readonly name: string; readonly value: unknown }[];
  /** The older form, a flat map; `null` takes a default attribute away. */
  readonly legacy: Readonly<Record<string, unknown>>;
  readonly hasAttributesList: boolean;
}

const resourceKeys = ['attributes', 'attributes_list', 'schema_url', 'detectors', 'detection/development'];
const resourceAttributes = list(
  config('v0.3.0.AttributeNameValue', { name: string(), type: anything(), value: anything() }),
);

/** Both forms stand at the same level: four known keys, and any other is an attribute of the older form. */
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
    logs: decodedAlone(logs).describe('our own log'),
    metrics: decodedAlone(metrics).describe('our own metrics, by default on localhost:8888'),
    traces: decodedAlone(traces).describe('accepted: spans of our own are not made'),
    resource: checkedResource.describe('attributes of our own telemetry, as a map or under `attributes`'),
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

/** The resource's attributes: the defaults, less those that the configuration takes away, and what it adds. */
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
