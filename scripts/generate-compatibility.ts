import { writeFileSync } from 'node:fs';
import { readDivergences } from '../test/conformance/divergences.ts';

/** Writes docs/compatibility.md from test/conformance/divergences.yaml. */
const classes = {
  'data-loss': 'The Collector drops data',
  'invalid-page': 'Prometheus rejects the Collector’s scrape response',
  undefined: 'The Collector’s answer varies from run to run',
  crash: 'The Collector crashes',
  unsafe: 'Startup, shutdown, and validation',
  limit: 'The Collector does better',
  more: 'pitot-specific features',
};

const divergences = readDivergences();

function rowsOf(name: string): string {
  const rows = divergences
    .filter((entry) => entry.class === name)
    .map(({ situation, collector, pitot, case: folder, keeps, since, test }) => {
      const verification = folder ? `losses/${folder}` : `cases/${keeps}`;
      const file = folder || keeps ? `test/conformance/${verification}` : test;
      const cells = [situation, collector, pitot, ...(since ? [since] : []), `\`${file}\``];
      return `| ${cells.join(' | ')} |`;
    });
  return rows.join('\n');
}

const sections = Object.entries(classes).map(
  ([name, title]) =>
    `## ${title}\n\n| Situation | The Collector | pitot | Verified by |\n|---|---|---|---|\n${rowsOf(name)}\n`,
);

writeFileSync(
  new URL('../docs/compatibility.md', import.meta.url),
  `<!-- Generated from test/conformance/divergences.yaml by \`npm run docs\`; do not edit. -->
# Compatibility with the Collector

This page lists every intended difference between pitot and otelcol-contrib v0.165.0. Read it before you replace a Collector.

Whenever the Collector always gives the same answer, pitot gives it byte for byte: \`/metrics\` in text, OpenMetrics, and protobuf, OTLP responses,
the output of the debug exporter, exit statuses, and configuration errors. pitot differs only if the Collector loses data, crashes, or returns an
invalid response. \`npm test\` compares pitot with recorded answers of the Collector in \`test/conformance\`.

${sections.join('\n')}
## If you come from an older Collector

pitot answers as release 0.165. This section is for users of an older release, such as 0.155. A configuration of either release starts: pitot accepts the
spellings of both, such as \`idle_timeout\` and \`keepalive\`, \`resource_to_telemetry_conversion\` and \`resource_constant_labels\`, or
\`cumulativetodelta\` and \`cumulative_to_delta\`. The following answers changed between these releases.

| Situation | Older releases | pitot, and the Collector since the release in the next column | Since | Verified by |
|---|---|---|---|---|
${rowsOf('older')}
`,
);
