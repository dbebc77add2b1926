import { writeFileSync } from 'node:fs';
import { readDivergences } from '../test/conformance/divergences.ts';

/** Writes docs/compatibility.md from test/conformance/divergences.yaml. */
const classes = {
  'data-loss': 'The collector drops what was sent',
  'invalid-page': 'The collector serves a page that Prometheus rejects',
  undefined: 'The collector’s answer differs from run to run',
  crash: 'The collector crashes',
  unsafe: 'The collector ends, refuses or accepts where a user is hurt',
  limit: 'The collector is better',
  more: 'pitot offers more',
};

const sections = Object.entries(classes).map(([name, title]) => {
  const rows = readDivergences()
    .filter((entry) => entry.class === name)
    .map(({ situation, collector, ours, case: folder, test }) => {
      const held = folder ? `test/conformance/losses/${folder}` : test;
      return `| ${situation} | ${collector} | ${ours} | \`${held}\` |`;
    });
  return `## ${title}\n\n| situation | the collector | pitot | held by |\n|---|---|---|---|\n${rows.join('\n')}\n`;
});

writeFileSync(
  new URL('../docs/compatibility.md', import.meta.url),
  `<!-- Generated from test/conformance/divergences.yaml by \`npm run docs\`; do not edit. -->
# Compatibility with the collector

pitot answers as otelcol-contrib v0.155.0 does, byte for byte, wherever the collector’s answer is always the same: \`/metrics\` as text,
OpenMetrics and protobuf, the OTLP responses, the debug exporter’s output, exit codes and configuration errors. \`npm test\` holds it
against the collector’s own answers, kept in \`test/conformance\`. Where the collector loses data, crashes or serves an invalid page,
pitot differs on purpose, and only there. These are all the differences:

${sections.join('\n')}`,
);
