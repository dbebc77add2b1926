import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReplayedSeries } from './series.ts';

export interface AlertRun {
  /** The executable. */
  readonly promtool: string;
  readonly ruleFiles: readonly string[];
  readonly series: readonly ReplayedSeries[];
  readonly scrapeSeconds: number;
}

/** One alert that fired at any time of a run. */
export interface FiredAlert {
  readonly labels: Readonly<Record<string, string>>;
  /** Evaluations, one a minute, during which it fired. */
  readonly minutes: number;
}

/**
 * Evaluates rules over recorded series with promtool, which runs Prometheus's own rule engine, every minute. Returns each alert that fired
 * at any time: promtool is asked to expect none, and its report of the difference is read.
 * @throws Error if promtool reports anything else
 */
export function firedAlerts({ promtool, ruleFiles, series, scrapeSeconds }: AlertRun): FiredAlert[] {
  const steps = Math.max(...series.map(({ values }) => values.length));
  const minutes = Math.ceil((steps * scrapeSeconds) / 60) + 1;
  const expression = `count_over_time(ALERTS{alertstate="firing"}[${minutes}m:1m])`;
  const directory = mkdtempSync(join(tmpdir(), 'pitot-alerts-'));
  try {
    const file = join(directory, 'alerts_test.yaml');
    writeFileSync(
      file,
      JSON.stringify({
        rule_files: ruleFiles,
        evaluation_interval: '1m',
        tests: [
          {
            interval: `${scrapeSeconds}s`,
            input_series: series.map((each) => ({ series: selector(each), values: notation(each.values) })),
            promql_expr_test: [{ expr: expression, eval_time: `${minutes}m`, exp_samples: [] }],
          },
        ],
      }),
    );
    const { status, stdout, stderr, error } = spawnSync(promtool, ['test', 'rules', file], { encoding: 'utf8' });
    if (error) throw error;
    const output = `${stdout}${stderr}`;
    const got = /got:\s*\[([\s\S]*)\]\s*$/m.exec(output)?.[1] ?? /got:([\s\S]*)/.exec(output)?.[1];
    if (status !== 0 && got === undefined) throw new Error(output.slice(0, 4000));
    return status === 0 ? [] : readSamples(got!);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Samples of promtool's report: `Labels:{alertname="A", …} Sample:12`. */
function readSamples(report: string): FiredAlert[] {
  const samples = [
    ...report.matchAll(/\{((?:[^"{}]|"(?:[^"\\]|\\.)*")*)\}\s*(?:Sample:\s*)?(?:Value:\s*)?([\d.eE+]+)/g),
  ];
  return samples.map(([, pairs, count]) => ({
    labels: Object.fromEntries(
      [...pairs!.matchAll(/([\w]+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, value]) => [key!, JSON.parse(`"${value}"`)]),
    ),
    minutes: Number(count),
  }));
}

function selector({ name, labels }: ReplayedSeries): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${name}{${pairs.join(',')}}`;
}

/** promtool's notation: `_` is no sample, `stale` what Prometheus writes when a series is missing for the first time. */
function notation(values: readonly (number | undefined)[]): string {
  return values
    .map((value, index) => {
      if (value !== undefined) return `${value}`.replace('Infinity', 'Inf');
      return index > 0 && values[index - 1] !== undefined ? 'stale' : '_';
    })
    .join(' ');
}
