/** Prints the expressions of vmrule.yaml, and of all dashboards as they are for VictoriaMetrics, as a JSON list. */
import { globSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

const rule: { spec: { groups: { rules: { expr: string }[] }[] } } = parse(
  readFileSync(new URL('vmrule.yaml', import.meta.url), 'utf8'),
);
const files = new URL('../../helm/files/', import.meta.url).pathname;
const other = globSync('dashboards-victoriametrics/*.json', { cwd: files });
const same = globSync('dashboards/*.json', { cwd: files }).filter(
  (path) => !other.includes(path.replace('dashboards/', 'dashboards-victoriametrics/')),
);
const panels: { targets?: { expr: string }[] }[] = [...same, ...other].flatMap(
  (path) => JSON.parse(readFileSync(files + path, 'utf8')).panels,
);
const queries = panels.flatMap(({ targets = [] }) =>
  // VictoriaMetrics parses a variable of Grafana only where it is filled in.
  targets.map(({ expr }) =>
    expr
      .replaceAll(/\$__(rate_interval|range)/g, '5m')
      .replaceAll('$count', 'increase')
      .replaceAll('$unit', '1'),
  ),
);
process.stdout.write(
  JSON.stringify([...rule.spec.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)), ...queries]),
);
