import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url).pathname;
interface Rule {
  readonly alert?: string;
  readonly labels?: { readonly severity: string };
  readonly annotations?: Readonly<Record<'summary' | 'description' | 'runbook_url', string>>;
}
const alerts: Rule[] = globSync(`${root}helm/files/rules/*.yaml`)
  .flatMap((path) => parse(readFileSync(path, 'utf8')).groups)
  .flatMap(({ rules }: { rules: Rule[] }) => rules.filter(({ alert }) => alert));
const headings = [...readFileSync(`${root}docs/alerts.md`, 'utf8').matchAll(/^### (.+)$/gm)].map((match) => match[1]!);

test.each(alerts)(
  '$alert has a severity, texts, and a section that says what to do',
  ({ alert, labels, annotations }) => {
    expect(['critical', 'warning', 'info']).toContain(labels?.severity);
    expect(annotations?.summary).toBeTruthy();
    expect(annotations?.description).toMatch(/\.$/);
    expect(annotations?.runbook_url).toBe(`docs/alerts.md#${alert!.toLowerCase()}`);
    expect(headings).toContain(alert);
  },
);

test('docs/alerts.md has no section about an alert that does not exist', () => {
  expect(headings.filter((heading) => !alerts.some(({ alert }) => alert === heading))).toEqual([]);
});
