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

/** Whether a rule selects a job, by its only matcher, which Prometheus anchors at both ends. */
function selects({ expr }: Rule, job: string): boolean {
  const [, pattern] = /\{job=~"([^"]+)"\}/.exec(expr)!;
  return new RegExp(`^(?:${pattern})$`).test(job);
}

test.each(['PitotDown', 'PitotScrapeSlow'])(
  '%s watches every job of scrape-pitot.yaml, and those of the monitors',
  (name) => {
    const rule = rules.find(({ alert }) => alert === name)!;
    // A ServiceMonitor's job is the name of the Service, a PodMonitor's is namespace and name.
    const monitored = ['otel-collector-opentelemetry-collector', 're/otel-collector-opentelemetry-collector'];
    expect(jobs.length).toBeGreaterThan(0);
    for (const job of [...jobs, ...monitored]) expect(selects(rule, job), job).toBe(true);
    for (const other of ['airflow', 'astro-agents', 'node']) expect(selects(rule, other), other).toBe(false);
  },
);
