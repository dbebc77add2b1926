import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { metricNames } from '../deploy/promql-names.ts';
import { type AlertCase, alertCases } from './alert-cases.ts';
import { prometheusVersions } from './prometheus-versions.ts';
import { requestsOf, scrapesOf, target } from './recorded.ts';
import { type FiredAlert, firedAlerts } from './replay/promtool.ts';
import { type ReplayedSeries, seriesOf } from './replay/series.ts';

const scrapeSeconds = 15;
const stepsPerMinute = 60 / scrapeSeconds;
const ruleFiles = ['airflow', 'pitot'].map(
  (name) => new URL(`../../helm/files/rules/${name}.yaml`, import.meta.url).pathname,
);
const asked = ruleFiles
  .flatMap((file) => parse(readFileSync(file, 'utf8')).groups)
  .flatMap(({ rules }: { rules: { expr: string }[] }) => rules.flatMap(({ expr }) => metricNames(expr)))
  .map((name) => new RegExp(`^(?:${name})$`));
const isAsked = (name: string): boolean => asked.some((pattern) => pattern.test(name));

/** Cases that replay the same requests share the series. */
const recorded = new Map<string, Promise<readonly ReplayedSeries[]>>();

function recordedSeries({ recording, requests, endsEarly, restartSecond, title }: AlertCase) {
  const key = requests || restartSecond ? title : recording;
  const known =
    recorded.get(key) ??
    scrapesOf(recording, 'text', {
      requests: requests ? requests(requestsOf(recording)) : requestsOf(recording),
      tailSeconds: requests && !endsEarly ? remaining(recording, requests) : 0,
      ...(restartSecond && { restartSecond }),
    }).then((scrapes) => {
      const up: ReplayedSeries = { name: 'up', labels: target, values: scrapes.map(() => 1) };
      return [...seriesOf(scrapes, target, isAsked), up];
    });
  recorded.set(key, known);
  return known;
}

/** Scrapes go on as long as the recording, if requests at its end are missing. */
function remaining(recording: AlertCase['recording'], edit: NonNullable<AlertCase['requests']>): number {
  const all = requestsOf(recording);
  return Math.ceil(all.at(-1)!.atSeconds) - Math.ceil(edit(all).at(-1)!.atSeconds);
}

async function seriesOfCase(each: AlertCase): Promise<readonly ReplayedSeries[]> {
  const series = await recordedSeries(each);
  return (each.series ?? []).reduce((edited, edit) => edit(edited, stepsPerMinute), series);
}

const hidden = new Set(['alertname', 'alertstate', 'severity', ...Object.keys(target), 'exported_job', '__name__']);

function shown({ labels }: FiredAlert): string {
  const others = Object.entries(labels).filter(([key]) => !hidden.has(key));
  return [labels.alertname, ...others.map(([key, value]) => `${key}=${value}`).sort()].join(' ');
}

const versions = prometheusVersions();
const isNewest = (index: number): boolean => index === versions.length - 1;

describe.each(versions.map((version, index) => ({ ...version, index })))(
  'Prometheus $version',
  ({ promtool, index }) => {
    // Changed recordings are about the rules, not about the version of Prometheus.
    test.each(alertCases.filter((each) => isNewest(index) || each.series === undefined))('$title', async (each) => {
      const series = await seriesOfCase(each);
      const fired = firedAlerts({ promtool, ruleFiles, series, scrapeSeconds });
      const alerts = fired.map(shown);
      expect([...new Set(fired.map(({ labels }) => labels.alertname))].sort()).toEqual([...each.names].sort());
      expect((each.fires ?? []).filter((alert) => !alerts.includes(alert))).toEqual([]);
      expect(
        (each.silent ?? []).filter((start) => alerts.some((alert) => `${alert} `.startsWith(`${start} `))),
      ).toEqual([]);
    });
  },
);

test('each alert fires in a case, and does not in another', () => {
  const rules = parse(readFileSync(ruleFiles[0]!, 'utf8')).groups.flatMap((group: { rules: { alert?: string }[] }) =>
    group.rules.flatMap(({ alert }) => alert ?? []),
  );
  const cases = alertCases.map(({ names }) => names);
  expect(rules.filter((alert: string) => !cases.some((names) => names.includes(alert)))).toEqual([]);
  expect(rules.filter((alert: string) => cases.every((names) => names.includes(alert)))).toEqual([]);
});
