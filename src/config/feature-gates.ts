/** A switch for behaviour that is being introduced or withdrawn, as the collector's `featuregate` command lists it. */
export interface FeatureGate {
  readonly id: string;
  readonly stage: 'Alpha' | 'Beta' | 'Stable' | 'Deprecated';
  readonly enabled: boolean;
  readonly description: string;
  readonly fromVersion: string;
}

const known: readonly FeatureGate[] = [
  gate('confmap.enableMergeAppendOption', 'Alpha', [
    "Combines lists when resolving configs from different sources. This feature gate will not be stabilized 'as is'; the current behavior will remain the default.",
    'v0.120.0',
  ]),
  gate('exporter.prometheusexporter.DisableAddMetricSuffixes', 'Beta', [
    'When enabled, the deprecated add_metric_suffixes configuration option is ignored and translation_strategy is always used',
    'v0.150.0',
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
  gate('ottl.PanicDuplicateName', 'Beta', [
    'When enabled, the CreateFactoryMap panics if the name is duplicated.',
    'v0.141.0',
  ]),
  gate('ottl.contexts.enableOTelColContext', 'Beta', [
    'Enable the `otelcol` context for OTTL. This allows users using `otelcol.*` paths in their OTTL statements and conditions.',
    'v0.148.0',
  ]),
  gate('ottl.functions.enableLambda', 'Alpha', [
    'Allow OTTL functions to take lambda arguments. When disabled, lambda arguments are rejected.',
    'v0.150.0',
  ]),
  gate('pdata.useProtoPooling', 'Alpha', [
    'When enabled, enable using local memory pools for underlying data that the pdata messages are pushed to.',
    'v0.133.0',
  ]),
  gate('pkg.translator.prometheus.PermissiveLabelSanitization', 'Alpha', [
    "Controls whether to change labels starting with '_' to 'key_'.",
    'v0.72.0',
  ]),
  gate('processor.filter.defaultErrorModeIgnore', 'Beta', [
    'Changes the default error_mode of the filter processor from propagate to ignore',
    'v0.150.0',
  ]),
  gate('processor.transform.defaultErrorModeIgnore', 'Beta', [
    'Changes the default error_mode of the transform processor from propagate to ignore',
    'v0.150.0',
  ]),
  gate('receiverhelper.newReceiverMetrics', 'Alpha', [
    'Controls whether receivers emit new metrics and span attributes to distinguish downstream errors from internal errors. This is a breaking change for the semantics of the otelcol_receiver_refused_metric_points,  otelcol_receiver_refused_log_records and otelcol_receiver_refused_spans.',
    'v0.138.0',
  ]),
  gate('service.AllowNoPipelines', 'Alpha', [
    'Allow starting the Collector without starting any pipelines.',
    'v0.122.0',
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
  return { id, stage, enabled: stage === 'Beta', description, fromVersion };
}

/** Gates that the command line switched. One process has one set of gates, as in the collector. */
const switched = new Map<string, boolean>();

/** Every gate with its present state, by id. */
export function featureGates(): readonly FeatureGate[] {
  return known.map((entry) => ({ ...entry, enabled: switched.get(entry.id) ?? entry.enabled }));
}

/** Whether a gate is on. @throws Error when there is no such gate: a mistake in code */
export function isGateEnabled(id: string): boolean {
  const found = known.find((entry) => entry.id === id);
  if (!found) throw new Error(`no such feature gate ${JSON.stringify(id)}`);
  return switched.get(id) ?? found.enabled;
}

/**
 * Switches gates: `a,+b,-c`. Gates that only other components of the collector know are ignored when they have the form of
 * such a gate, because leaving them out of a command line that worked would help nobody.
 * @returns ids that were ignored
 * @throws Error with the collector's words for what is no gate at all
 */
export function switchGates(list: string): string[] {
  const ignored: string[] = [];
  for (const word of list.split(',')) {
    if (word === '') continue;
    const id = word.replace(/^[-+]/, '');
    if (known.some((entry) => entry.id === id)) switched.set(id, !word.startsWith('-'));
    else if (foreignGate.test(id)) ignored.push(id);
    else
      throw new Error(
        `no such feature gate ${JSON.stringify(id)}. valid gates: [${known.map((entry) => entry.id).join(' ')}]`,
      );
  }
  return ignored;
}

/** Prefixes of the gates of contrib's other components. */
const foreignGate =
  /^(receiver|exporter|processor|extension|connector|pkg|k8sattr|hostmetrics|telemetry|datadog|filelog|spanmetrics|jaeger|otelcol|component|configtls|confighttp|receiverhelper|exporterhelper|processorhelper|metadata)\.[\w.]{3,}$/;
