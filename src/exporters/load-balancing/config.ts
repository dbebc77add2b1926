import {
  anything,
  boolean,
  type ConfigOf,
  config,
  duration,
  enumeration,
  integer,
  list,
  nullable,
  optional,
  string,
  stringList,
  validated,
  withoutEffect,
} from '#config/schema.ts';
import { retryConfig } from '#exporterhelper/retry-config.ts';
import { sendingQueueConfig } from '#exporterhelper/sending-queue-config.ts';
import { previousRings, previousRingsProblem } from '#sharding/ring-config.ts';
import { otlpBackendConfig } from './otlp-config.ts';
import { serviceNameOf } from './resolvers/kubernetes-service.ts';

/** Keys of a resolver that pitot refuses with a remedy. */
const cloudMapShape = Object.fromEntries(
  ['namespace', 'service_name', 'health_status', 'interval', 'timeout', 'port', 'owner_account'].map((key) => [
    key,
    withoutEffect(anything()),
  ]),
);

const resolverConfig = config('loadbalancingexporter.ResolverSettings', {
  static: nullable(
    config('loadbalancingexporter.StaticResolver', {
      hostnames: stringList().describe('Endpoints, each with an optional port. The default port is 4317.'),
      previous: previousRings.describe(
        'Earlier endpoints, for `routing_key: series`. A stream stays with the endpoint that owned its series when it began.',
      ),
    }),
  ).describe('A fixed list of endpoints.'),
  dns: nullable(
    config('loadbalancingexporter.DNSResolver', {
      hostname: string().describe('Name whose addresses are the endpoints.'),
      port: string().describe('Port of the endpoints.'),
      interval: duration('5s').describe('Time between two lookups.'),
      timeout: duration('1s').describe('Maximum time of a lookup.'),
    }),
  ).describe('The addresses of a DNS name.'),
  k8s: nullable(
    config('loadbalancingexporter.K8sSvcResolver', {
      service: string().describe('Service, as `name.namespace`.'),
      ports: list(integer()).describe('Ports of each address. The default is 4317.'),
      timeout: duration('1m').describe('Maximum time to wait for the addresses at the start.'),
      return_hostnames: boolean(false).describe('Whether endpoints are host names of pods.'),
    }),
  ).describe('The addresses of a Kubernetes Service.'),
  aws_cloud_map: nullable(config('loadbalancingexporter.AWSCloudMapResolver', cloudMapShape)).describe(
    'Not supported: refused.',
  ),
});

const translationStrategies = [
  'UnderscoreEscapingWithSuffixes',
  'UnderscoreEscapingWithoutSuffixes',
  'NoUTF8EscapingWithSuffixes',
  'NoTranslation',
] as const;

const keys = ['', 'service', 'traceID', 'metric', 'resource', 'streamID', 'attributes', 'series'];

const group = config('loadbalancingexporter.Config', {
  timeout: duration(0).describe('Maximum time of one attempt, including the backends. `0` disables the limit.'),
  retry_on_failure: retryConfig({ isEnabled: false }).describe('Retries on the level of this exporter.'),
  sending_queue: optional(sendingQueueConfig).describe('Queue on the level of this exporter.'),
  protocol: config('loadbalancingexporter.Protocol', { otlp: otlpBackendConfig }).describe(
    'Settings of the connections to the endpoints.',
  ),
  resolver: resolverConfig.describe('The endpoints. Exactly one kind.'),
  routing_key: string().describe(
    '`service`, `traceID`, `metric`, `resource`, `streamID`, `attributes`, or `series`: the Prometheus series to which accumulation adds a data point. Default: `traceID` for traces, `service` for logs and metrics.',
  ),
  routing_attributes: stringList().describe('Attributes of the key, for `routing_key: attributes`.'),
  series: config('loadbalancingexporter.SeriesConfig', {
    process_attributes: stringList(['service.instance.id']).describe(
      'Resource attributes that only identify a process; same as in the exporter that owns the series.',
    ),
    translation_strategy: enumeration({
      values: translationStrategies,
      default: 'UnderscoreEscapingWithSuffixes',
      refusal: (text) => `invalid translation_strategy: ${text}`,
    }).describe('Translation of names; same as in the exporter that owns the series.'),
  }).describe('Identity of a series, for `routing_key: series`.'),
});

export type LoadBalancingConfig = ConfigOf<typeof group>;

/** docs/reference/collector-behaviour.md. `series`, `previous`, and `routing_key: series` are pitot-specific. */
export const loadBalancingConfig = validated(
  group,
  (settings) => routingProblem(settings) ?? resolverProblem(settings),
);

function routingProblem({ routingKey, routingAttributes, resolver }: LoadBalancingConfig): string | undefined {
  const isByAttributes = routingKey === 'attributes';
  if (isByAttributes && routingAttributes.length === 0) {
    return 'routing_attributes must be specified when routing_key is "attributes"';
  }
  if (!isByAttributes && routingAttributes.length > 0) {
    return `routing_attributes can only be used when routing_key is "attributes"; got ${JSON.stringify(routingKey)}. Remove routing_attributes or set routing_key to "attributes"`;
  }
  if (!keys.includes(routingKey)) return `unsupported routing_key: ${JSON.stringify(routingKey)}`;
  if (routingKey !== 'series' && (resolver.static?.previous.length ?? 0) > 0) {
    return '`previous` requires `routing_key: series`';
  }
  return undefined;
}

function resolverProblem({ resolver }: LoadBalancingConfig): string | undefined {
  const { static: fixed, dns, k8s, awsCloudMap } = resolver;
  const count = [fixed, dns, k8s, awsCloudMap].filter((one) => one !== undefined).length;
  if (count > 1) return 'only one resolver should be specified';
  if (count === 0) return 'no resolvers specified for the exporter';
  if (awsCloudMap)
    return 'resolver aws_cloud_map is not supported by pitot; use dns with the name of the service in Cloud Map';
  if (fixed?.hostnames.length === 0) return 'no endpoints specified for the static resolver';
  if (fixed) return previousRingsProblem(fixed.previous);
  if (dns?.hostname === '') return 'no hostname specified to resolve the backends';
  const service = k8s && serviceNameOf(k8s.service);
  return typeof service === 'string' ? service : undefined;
}
