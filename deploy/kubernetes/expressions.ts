/** Prints the expressions of vmrule.yaml as a JSON list. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const rule: { spec: { groups: { rules: { expr: string }[] }[] } } = parse(
  readFileSync(new URL('vmrule.yaml', import.meta.url), 'utf8'),
);
process.stdout.write(JSON.stringify(rule.spec.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr))));
