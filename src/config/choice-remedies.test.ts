import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildInfoFor } from '#build-info.ts';
import { interpret } from '#cli/commands.ts';
import type { ConfigError } from './config-error.ts';

const file = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'config.yaml');

/** Returns the hints of `validate` about a processor, or about the exporter. */
async function hintsOf({ processor, exporter = '' }: { readonly processor?: string; readonly exporter?: string }) {
  const id = processor?.split(':', 1)[0] ?? '';
  writeFileSync(
    file,
    `receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}}
processors: {${processor ?? ''}}
exporters: {prometheus: {endpoint: "127.0.0.1:0", ${exporter}}}
service: {telemetry: {metrics: {level: none}}, pipelines: {metrics: {receivers: [otlp], processors: [${id}], exporters: [prometheus]}}}
`,
  );
  const args = ['validate', `--config=${file}`];
  const error = await interpret({ args, build: buildInfoFor('otelcol-contrib'), environment: {} }).then(
    () => undefined,
    (reason: ConfigError) => reason,
  );
  return (error?.hints ?? []).map((hint) => hint.replace(/^hint: \S+:(\d+):\d+: /, '$1 '));
}

describe('a hint names the key and what to write instead of an unknown text', () => {
  test.each([
    ['resource_detection: {detectors: [env, sytem]}', 'detectors: did you mean "system"?'],
    ['resource_detection: {system: {hostname_sources: [osx]}}', 'system::hostname_sources: did you mean "os"?'],
    ['k8s_attributes: {auth_type: serviceaccount}', 'auth_type: did you mean "serviceAccount"?'],
    ['k8s_attributes: {auth_type: token}', 'auth_type: write one of: none, serviceAccount, kubeConfig'],
    ['k8s_attributes: {extract: {metadata: [k8s.pod.nam]}}', 'extract::metadata: did you mean "k8s.pod.name"?'],
    ['k8s_attributes: {extract: {labels: [{key: a, from: nodes}]}}', 'extract::labels::0::from: did you mean "node"?'],
    ['k8s_attributes: {filter: {labels: [{key: a, op: equal}]}}', 'filter::labels::0::op: did you mean "equals"?'],
    [
      'cumulative_to_delta: {include: {metrics: [a], match_type: regex}}',
      'include::match_type: did you mean "regexp"?',
    ],
    ['cumulative_to_delta: {include: {metric_types: [sums]}}', 'include::metric_types: did you mean "sum"?'],
    ['cumulative_to_delta: {initial_value: autos}', 'initial_value: did you mean "auto"?'],
    ['attributes: {actions: [{key: a, action: inser, value: 1}]}', 'actions::0::action: did you mean "insert"?'],
    ['resource: {attributes: [{key: a, action: drop}]}', 'attributes::0::action: write one of: insert, update, upsert'],
    ['filter: {error_mode: ignored, metrics: {metric: ["true"]}}', 'error_mode: did you mean "ignore"?'],
    ['transform: {error_mode: quiet}', 'error_mode: write one of: ignore, silent, propagate'],
  ])('%s', async (processor, hint) => {
    const id = processor.split(':', 1)[0];
    expect(await hintsOf({ processor })).toEqual([expect.stringContaining(`2 processors::${id}::${hint}`)]);
  });

  test.each([
    [
      'translation_strategy: UnderscoreEscapingWithSufixes',
      'translation_strategy: did you mean "UnderscoreEscapingWithSuffixes"?',
    ],
    ['tls: {cert_file: a, key_file: b, min_version: "1.4"}', 'tls::min_version: write one of: 1.0, 1.1, 1.2, 1.3'],
    ['sending_queue: {sizer: item}', 'sending_queue::sizer: did you mean "items"?'],
  ])('%s', async (exporter, hint) => {
    expect(await hintsOf({ exporter })).toEqual([expect.stringContaining(`3 exporters::prometheus::${hint}`)]);
  });
});
