/** A switch for behavior that is being introduced or withdrawn, as the Collector's command `featuregate` lists it. */
export interface FeatureGate {
  readonly id: string;
  readonly stage: 'Alpha' | 'Beta' | 'Stable' | 'Deprecated';
  readonly enabled: boolean;
  readonly description: string;
  readonly fromVersion: string;
}

/** The gates of the Collector 0.165, sorted by id. The descriptions are the Collector's. */
export const knownGates: readonly FeatureGate[] = [
  gate('confmap.enableMergeAppendOption', 'Alpha', [
    "Combines lists when resolving configs from different sources. This feature gate will not be stabilized 'as is'; the current behavior will remain the default.",
    'v0.120.0',
  ]),
  gate('exporter.prometheus.DisableResourceToTelemetryConversion', 'Alpha', [
    'When enabled, the deprecated resource_to_telemetry_conversion section and legacy conversion fields are disabled, and resource_constant_labels must be used instead',
    'v0.160.0',
  ]),
  gate('exporter.prometheusexporter.DisableAddMetricSuffixes', 'Beta', [
    'When enabled, the deprecated add_metric_suffixes configuration option is ignored and translation_strategy is always used',
    'v0.150.0',
  ]),
  gate('exporter.prometheusremotewrite.DisableResourceToTelemetryConversion', 'Alpha', [
    'When enabled, the deprecated resource_to_telemetry_conversion section and legacy conversion fields are disabled, and resource_constant_labels must be used instead',
    'v0.160.0',
  ]),
  gate('exporter.prometheusremotewritexporter.EnableMultipleWorkers', 'Alpha', [
    'When enabled and settings configured, the Prometheus remote exporter will spawn multiple workers/goroutines to handle incoming metrics batches concurrently.',
    'v0.118.0',
  ]),
  gate('exporter.prometheusremotewritexporter.RetryOn429', 'Alpha', [
    'When enabled, the Prometheus remote write exporter will retry 429 http status code. Requires exporter.prometheusremotewritexporter.metrics.RetryOn429 to be enabled.',
    'v0.101.0',
  ]),
  gate('exporter.prometheusremotewritexporter.enableSendingRW2', 'Alpha', [
    'When enabled, the Prometheus remote write exporter will support sending rw2. Extra configuration is still required besides enabling this feature gate.',
    'v0.125.0',
  ]),
  gate('exporter.prometheusremotewritexporter.removeTopLevelHTTPSettings', 'Alpha', [
    'When enabled, it rejects top-level HTTP client settings (e.g. endpoint, tls, proxy_url); configure them under the http block instead.',
    'v0.158.0',
  ]),
  gate('extension.healthcheck.useComponentStatus', 'Alpha', [
    'Switch to the shared healthcheck implementation powered by component status events',
    'v0.142.0',
  ]),
  gate('filter.filterlog.useOTTLBridge', 'Alpha', [
    'When enabled, filterlog will convert filterlog configuration to OTTL and use filterottl evaluation',
    'v0.108.0',
  ]),
  gate('filter.filtermetric.useOTTLBridge', 'Alpha', [
    'When enabled, filtermetric will convert filtermetric configuration to OTTL and use filterottl evaluation',
    'v0.89.0',
  ]),
  gate('filter.filterspan.useOTTLBridge', 'Alpha', [
    'When enabled, filterspan will convert filterspan configuration to OTTL and use filterottl evaluation',
    'v0.87.0',
  ]),
  gate('ottl.functions.enableLambda', 'Alpha', [
    'Allow OTTL functions to take lambda arguments. When disabled, lambda arguments are rejected.',
    'v0.150.0',
  ]),
  gate('pdata.useProtoPooling', 'Alpha', [
    'When enabled, enable using local memory pools for underlying data that the pdata messages are pushed to.',
    'v0.133.0',
  ]),
  gate('pkg.confighttp.PrioritizeNewKeepalive', 'Stable', [
    'When enabled, the Keepalive configuration is prioritized over the deprecated configuration fields.',
    'v0.162.0',
  ]),
  gate('pkg.configmiddleware.CustomTCPRouting', 'Alpha', [
    'When enabled, TCP-based clients and servers can override their dialing and listening behaviors to use custom TCP routing.',
    'v0.164.0',
  ]),
  gate('pkg.exporterhelper.queueBatchEnabled', 'Alpha', [
    'Enables exporterhelper batching by default in NewDefaultQueueConfig, as described in the batching migration RFC.',
    'v0.158.0',
  ]),
  gate('pkg.ottl.enableDynamicMapKeys', 'Alpha', [
    'Allow map literal keys to be paths or converters that resolve to a string at runtime. When disabled, map literal keys must be string literals.',
    'v0.164.0',
  ]),
  gate('pkg.ottl.functions.enableDynamicSliceArguments', 'Beta', [
    'Allow slice arguments of stable OTTL functions, such as the values of Concat, to be paths or converters that resolve to a slice at runtime. When disabled, these arguments only accept list literals.',
    'v0.163.0',
  ]),
  gate('pkg.ottl.functions.enableExperimental', 'Alpha', [
    'Allow OTTL statements and conditions to use experimental functions. When disabled, experimental functions are rejected.',
    'v0.163.0',
  ]),
  gate('pkg.prometheus.KeepIdentifyingResourceAttributes', 'Alpha', [
    'Preserve service.name, service.namespace, and service.instance.id as labels on target_info in addition to job and instance.',
    'v0.165.0',
  ]),
  gate('pkg.translator.prometheus.CorrectUCUMUnits', 'Alpha', ['Use spec-compliant UCUM unit mappings.', 'v0.165.0']),
  gate('pkg.translator.prometheus.PermissiveLabelSanitization', 'Stable', [
    "Controls whether to change labels starting with '_' to 'key_'.",
    'v0.72.0',
  ]),
  gate('processor.transform.enableExperimentalFunctions', 'Alpha', [
    "Allow the transform processor's experimental functions to be used in statements and conditions. When disabled, experimental functions are rejected.",
    'v0.165.0',
  ]),
  gate('receiver.statsd.monotonicCounterDefault', 'Alpha', [
    'When enabled, changes the default value of is_monotonic_counter to true, so that statsd counters are treated as monotonic sums by default. Explicitly setting is_monotonic_counter in the receiver config always takes precedence over this feature gate.',
    'v0.159.0',
  ]),
  gate('receiverhelper.newReceiverMetrics', 'Alpha', [
    'Controls whether receivers emit new metrics and span attributes to distinguish downstream errors from internal errors. This is a breaking change for the semantics of the otelcol_receiver_refused_metric_points,  otelcol_receiver_refused_log_records and otelcol_receiver_refused_spans.',
    'v0.138.0',
  ]),
  gate('service.AllowNoPipelines', 'Alpha', [
    'Allow starting the Collector without starting any pipelines.',
    'v0.122.0',
  ]),
  gate('service.partialReload', 'Alpha', [
    'Controls whether configuration changes trigger a partial reload that rebuilds only the affected components.',
    'v0.157.0',
  ]),
  gate('service.partialReloadReceivers', 'Beta', [
    'Controls whether receiver-only configuration changes restart only the receivers.',
    'v0.157.0',
  ]),
  gate('service.profilesSupport', 'Alpha', ['Controls whether profiles support can be enabled', 'v0.112.0']),
  gate('telemetry.newPipelineTelemetry', 'Alpha', [
    'Injects component-identifying scope attributes in internal Collector metrics',
    'v0.123.0',
  ]),
  gate('transform.flatten.logs', 'Alpha', [
    'Flatten log data prior to transformation so every record has a unique copy of the resource and scope. Regroups logs based on resource and scope after transformations.',
    'v0.103.0',
  ]),
];

function gate(
  id: string,
  stage: FeatureGate['stage'],
  [description, fromVersion]: readonly [string, string],
): FeatureGate {
  return { id, stage, enabled: stage === 'Beta' || stage === 'Stable', description, fromVersion };
}

const defaultErrorMode = 'the default error_mode is ignore; for the other, write error_mode: propagate';

/** Gates of older releases that the Collector 0.165 no longer has, with the behavior that applies instead. */
export const removedGates: Readonly<Record<string, string>> = {
  'ottl.PanicDuplicateName': 'it has no effect',
  'ottl.contexts.enableOTelColContext': 'the OTTL context otelcol is always available',
  'otelcol.printInitialConfig': 'print-config is always available',
  'processor.filter.defaultErrorModeIgnore': defaultErrorMode,
  'processor.transform.defaultErrorModeIgnore': defaultErrorMode,
};
