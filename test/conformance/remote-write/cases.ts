import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Requests that were sent to the Collector's prometheusremotewrite exporter, with its settings. */
export interface RemoteWriteCase {
  readonly name: string;
  /** Settings besides the endpoint. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The versions of the protocol to send. */
  readonly versions: readonly ('1.0' | '2.0')[];
  readonly requests: readonly { readonly body: Buffer; readonly contentType: string }[];
}

const both = ['1.0', '2.0'] as const;
/** Folders of the cases of the prometheus exporter. */
const folders = ['cases', 'losses'].map((name) => join(import.meta.dirname, '..', name));

/** Cases of the prometheus exporter whose requests are sent with the default settings. */
const withDefaults = [
  'attribute-order-same-series',
  'const-label-collision',
  'counter-basic',
  'counter-values',
  'delta-exph',
  'delta-hist',
  'delta-nonmono',
  'delta-sum',
  'duplicate-attribute-keys',
  'empty-request',
  'exemplars',
  'exp-histogram',
  'gauge-and-sum-same-name',
  'gauge-basic',
  'help-conflict',
  'histogram-basic',
  'histogram-odd',
  'int-then-double',
  'label-bad-1',
  'label-bad-2',
  'label-bad-3',
  'label-bad-4-le',
  'label-collision',
  'label-escape',
  'label-job-collision',
  'label-kinds',
  'label-long',
  'label-scope-collision',
  'labels',
  'many-resources',
  'name-collision-after-sanitising',
  'names',
  'no-data',
  'out-of-order',
  'overwrite-same-series',
  'reserved-histogram-suffix',
  'resource-differs-same-labels',
  'resource-job-instance',
  'resource-order-same-series',
  'scope',
  'scope-none',
  'series-collision-after-sanitising',
  'stale-flag',
  'stale-flag-stops-metric',
  'summary',
  'target-info-label',
  'target-info-merge',
  'target-info-metric-by-user',
  'temporality-change',
  'type-conflict',
  'unit-conflict',
  'units',
  'units-already-suffixed',
  'unknown-type-metadata',
  'unspecified-temporality',
  'updown-counter',
  'values',
  'zero-timestamps',
  ...Array.from({ length: 24 }, (_, i) => `fuzz-${String(i + 1).padStart(5, '0')}`),
];

/** Cases with settings, on the requests of a case of the prometheus exporter. */
const withSettings: readonly [name: string, of: string, settings: object, versions?: readonly ('1.0' | '2.0')[]][] = [
  ['namespace', 'units-already-suffixed', { namespace: 'air.flow' }],
  ['namespace-digit', 'names', { namespace: '1st' }],
  ['no-suffixes', 'units-already-suffixed', { add_metric_suffixes: false }],
  ['no-suffixes-names', 'names', { add_metric_suffixes: false }],
  [
    'strategy-escaping',
    'names',
    { translation_strategy: 'UnderscoreEscapingWithSuffixes', add_metric_suffixes: false },
  ],
  ['strategy-escaping-without-suffixes', 'names', { translation_strategy: 'UnderscoreEscapingWithoutSuffixes' }],
  ['strategy-utf8', 'names', { translation_strategy: 'NoUTF8EscapingWithSuffixes' }, ['2.0']],
  ['strategy-utf8-units', 'units-already-suffixed', { translation_strategy: 'NoUTF8EscapingWithSuffixes' }, ['2.0']],
  ['strategy-utf8-labels', 'label-kinds', { translation_strategy: 'NoUTF8EscapingWithSuffixes' }, ['2.0']],
  ['strategy-none', 'names', { translation_strategy: 'NoTranslation', namespace: 'air.flow' }, ['2.0']],
  ['strategy-none-labels', 'label-escape', { translation_strategy: 'NoTranslation' }, ['2.0']],
  ['resource-labels', 'resource-job-instance', { resource_to_telemetry_conversion: { enabled: true } }],
  [
    'resource-labels-without-service',
    'resource-job-instance',
    { resource_to_telemetry_conversion: { enabled: true, exclude_service_attributes: true } },
  ],
  ['resource-labels-included', 'many-resources', { resource_constant_labels: { included: ['service.*', 'host.*'] } }],
  ['resource-labels-excluded', 'target-info-merge', { resource_constant_labels: { excluded: ['service.*'] } }],
  ['no-target-info', 'target-info-merge', { target_info: { enabled: false } }],
  ['target-info-namespace', 'target-info-merge', { namespace: 'air.flow' }],
  [
    'external-labels',
    'resource-job-instance',
    { external_labels: { cluster: 'a', job: 'mine', 'b.c': 'd', __e__: 'f' } },
  ],
  ['external-labels-and-attributes', 'label-kinds', { external_labels: { str: 'x', region: 'eu' } }],
  ['no-scope', 'scope', { disable_scope_info: true }],
  ['custom-buckets', 'histogram-basic', { convert_explicit_histograms_to_nhcb: true }],
  ['custom-buckets-fuzz', 'fuzz-00003', { convert_explicit_histograms_to_nhcb: true }],
  ['custom-buckets-exemplars', 'exemplars', { convert_explicit_histograms_to_nhcb: true }],
  ['custom-buckets-stale', 'stale-flag', { convert_explicit_histograms_to_nhcb: true }],
  [
    'custom-buckets-and-classic',
    'histogram-basic',
    { convert_explicit_histograms_to_nhcb: true, keep_classic_histograms: true },
  ],
  [
    'custom-buckets-and-classic-exemplars',
    'exemplars',
    { convert_explicit_histograms_to_nhcb: true, keep_classic_histograms: true },
  ],
  ['keep-classic-without-custom', 'histogram-basic', { keep_classic_histograms: true }],
  ['metadata', 'help-conflict', { send_metadata: true }],
  ['metadata-types', 'unknown-type-metadata', { send_metadata: true }],
  ['metadata-summary', 'summary', { send_metadata: true }],
];

/** Reads the cases: those above and the OTLP JSON files of fixtures/requests/, each with its settings in the key `exporter`. */
export function readRemoteWriteCases(): RemoteWriteCase[] {
  const requestsOf = (name: string) => {
    const folder = folders.map((one) => join(one, name)).find((one) => existsSync(one))!;
    const { requests } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8'));
    return requests.map((file: string) => ({
      body: readFileSync(join(folder, file)),
      contentType: 'application/x-protobuf',
    }));
  };
  const folder = join(import.meta.dirname, 'fixtures/requests');
  const files = readdirSync(folder).sort();
  return [
    ...withDefaults.map((name) => ({ name, settings: {}, versions: both, requests: requestsOf(name) })),
    ...withSettings.map(([name, of, settings, versions = both]) => ({
      name,
      settings: settings as Record<string, unknown>,
      versions,
      requests: requestsOf(of),
    })),
    ...files.map((file) => {
      const { exporter = {}, ...request } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      const body = Buffer.from(JSON.stringify(request));
      return {
        name: file.replace(/\.json$/, ''),
        settings: exporter,
        versions: both,
        requests: [{ body, contentType: 'application/json' }],
      };
    }),
  ];
}
