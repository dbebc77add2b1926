import {
  anything,
  boolean,
  type ConfigOf,
  config,
  duration,
  float,
  olderKey,
  stringList,
  validated,
  withoutEffect,
} from '#config/schema.ts';
import { attributeTables } from './attribute-tables.ts';
import { knownDetectors, otherDetectorKeys } from './detector-names.ts';

const envConfig = config('env.Config', {
  attributes: config('env.AttributesConfig', {
    included: stringList().describe('Keys to keep. `*` and `?` are wildcards. By default, all are kept.'),
    excluded: stringList().describe('Keys to exclude, with the same wildcards.'),
  }).describe('Selection of the attributes in `OTEL_RESOURCE_ATTRIBUTES`.'),
});

const hostnameSources = ['os', 'dns', 'cname', 'lookup'];

function resourceAttributes(table: Readonly<Record<string, boolean>>) {
  const enabled = (byDefault: boolean) =>
    config('metadata.ResourceAttributeConfig', {
      enabled: boolean(byDefault).describe('Whether to add the attribute.'),
    });
  const shape = Object.fromEntries(Object.entries(table).map(([key, byDefault]) => [key, enabled(byDefault)]));
  return config('metadata.ResourceAttributesConfig', shape).describe('Attributes to add.');
}

const ofDetector = (type: keyof typeof attributeTables) =>
  config(`${type}.Config`, { resource_attributes: resourceAttributes(attributeTables[type]) }).describe(
    `Settings of the detector \`${type}\`.`,
  );

const ignoredKey = () => withoutEffect(olderKey(anything()), 'needed only by detectors that pitot does not support');

/** Keys of the Collector's HTTP client, which only detectors use that pitot does not support. */
const httpClientKeys = [
  ...['endpoint', 'proxy_url', 'tls', 'read_buffer_size', 'write_buffer_size', 'headers', 'auth', 'compression'],
  ...['compression_params', 'max_idle_conns', 'max_idle_conns_per_host', 'max_conns_per_host', 'idle_conn_timeout'],
  ...['disable_keep_alives', 'http2_read_idle_timeout', 'http2_ping_timeout', 'cookies', 'force_attempt_http2'],
  ...['middlewares', 'keepalive'],
];

const retryConfig = config('configretry.BackOffConfig', {
  enabled: boolean(true).describe('Whether to repeat a failed detection.'),
  initial_interval: duration('1s').describe('Time before the first repetition.'),
  randomization_factor: withoutEffect(float(0.5), 'the time does not vary'),
  multiplier: float(2).describe('Factor by which the time increases.'),
  max_interval: duration('30s').describe('Maximum time between repetitions.'),
  max_elapsed_time: duration(0).describe('Maximum total time. `0` selects `timeout`.'),
});

/** Configuration of the resource_detection processor. */
export const resourceDetectionConfig = validated(
  config('resourcedetectionprocessor.Config', {
    detectors: stringList(['env'], { values: knownDetectors }).describe(
      'Detectors. The first one that sets an attribute takes precedence.',
    ),
    override: boolean(true).describe('Whether detected attributes replace those of the resource.'),
    timeout: duration('5s').describe('Time limit of the detection at startup.'),
    refresh_interval: duration(0).describe('Interval of further detections. `0` detects only at startup.'),
    fail_on_missing_metadata: boolean(false).describe('Whether startup fails if a detector finds nothing.'),
    retry: retryConfig.describe('Repetition of a failed detection.'),
    env: envConfig.describe('Settings of the detector `env`.'),
    system: validated(
      config('system.Config', {
        hostname_sources: stringList([], { values: hostnameSources }).describe(
          'Sources of `host.name`, in order: `os`, `dns`, `cname`, `lookup`.',
        ),
        resource_attributes: resourceAttributes(attributeTables.system),
      }),
      (value) => {
        const wrong = value.hostnameSources.find((source) => !hostnameSources.includes(source));
        return wrong === undefined ? undefined : `hostname_sources contains invalid value: ${JSON.stringify(wrong)}`;
      },
    ).describe('Settings of the detector `system`.'),
    docker: ofDetector('docker'),
    lambda: ofDetector('lambda'),
    elasticbeanstalk: ofDetector('elasticbeanstalk'),
    heroku: ofDetector('heroku'),
    azureappservice: ofDetector('azureappservice'),
    azurefunctions: ofDetector('azurefunctions'),
    azurecontainerapps: ofDetector('azurecontainerapps'),
    ...without(otherDetectorKeys),
    ...without(httpClientKeys),
  }),
  ({ retry, timeout }) =>
    retry.enabled && timeout === 0 && retry.maxElapsedTime === 0
      ? 'retry.enabled requires either timeout > 0 or retry.max_elapsed_time > 0 to bound detection'
      : undefined,
);

function without(keys: readonly string[]): Readonly<Record<string, ReturnType<typeof withoutEffect>>> {
  return Object.fromEntries(keys.map((key) => [key, ignoredKey()]));
}

export type ResourceDetectionConfig = ConfigOf<typeof resourceDetectionConfig>;
