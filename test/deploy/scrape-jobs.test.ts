import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url).pathname;
const read = (path: string) => parse(readFileSync(`${root}${path}`, 'utf8'));

interface Rule {
  readonly alert?: string;
  readonly expr: string;
}
const groups: { rules: Rule[] }[] = read('helm/files/rules/pitot.yaml').groups;
const rules = groups.flatMap((group) => group.rules);
const jobs: string[] = read('deploy/prometheus/scrape-pitot.yaml').scrape_configs.map(
  (scrape: { job_name: string }) => scrape.job_name,
);

const service = 'otel-collector-opentelemetry-collector';

/**
 * Whether a rule selects a job by its name; Prometheus anchors the pattern at both ends. The chart adds the name of the Service, as in
 * helm/templates/prometheusrule.yaml.
 */
function selects({ expr }: Rule, job: string): boolean {
  const [, pattern] = /\{job=~"([^"]+)"\}/.exec(expr.replace('(pitot|', `(pitot|${service}|`))!;
  return new RegExp(`^(?:${pattern})$`).test(job);
}

test.each(['PitotDown', 'PitotScrapeSlow'])(
  '%s watches every job of scrape-pitot.yaml, and those of the monitors',
  (name) => {
    const rule = rules.find(({ alert }) => alert === name)!;
    // A ServiceMonitor's job is the name of the Service, a PodMonitor's is namespace and name.
    const monitored = [service, `re/${service}`];
    expect(jobs.length).toBeGreaterThan(0);
    for (const job of [...jobs, ...monitored]) expect(selects(rule, job), job).toBe(true);
    for (const other of ['airflow', 'astro-agents', 'node', 'opentelemetry-collector'])
      expect(selects(rule, other), other).toBe(false);
  },
);
