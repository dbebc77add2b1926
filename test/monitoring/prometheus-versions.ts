import { spawnSync } from 'node:child_process';
import type { Format } from './replay/record-scrapes.ts';

/** A Prometheus to verify with, and its promtool, or a program with the same rule engine (replay/evaluate-rules.go). */
export interface PrometheusVersion {
  readonly version: string;
  readonly prometheus: string;
  readonly promtool: string;
}

/**
 * The Prometheus on the PATH (Debian's), and the one in the folder PITOT_PROMETHEUS, which .ci/monitoring.sh builds from the newest
 * release.
 */
export function prometheusVersions(): PrometheusVersion[] {
  const folder = process.env.PITOT_PROMETHEUS;
  const debian = { version: versionOf('prometheus'), prometheus: 'prometheus', promtool: 'promtool' };
  if (!folder) return [debian];
  const prometheus = `${folder}/prometheus`;
  return [debian, { version: versionOf(prometheus), prometheus, promtool: `${folder}/evaluate-rules` }];
}

function versionOf(executable: string): string {
  const { stdout, stderr, error } = spawnSync(executable, ['--version'], { encoding: 'utf8' });
  if (error) throw new Error(`${executable}: ${error.message}; Debian's package prometheus contains it`);
  const version = /version (\S*)/.exec(`${stdout}${stderr}`)?.[1];
  return version?.startsWith('2.') ? version : (process.env.PITOT_PROMETHEUS_VERSION ?? 'newest');
}

/** A scrape configuration of Prometheus. */
export interface ScrapeMode {
  readonly mode: string;
  readonly flags: readonly string[];
  readonly scrapeConfig?: object;
  readonly format: Format;
  /** Whether it stores native histograms. */
  readonly isNative: boolean;
}

export function scrapeModes({ version }: PrometheusVersion): ScrapeMode[] {
  const feature = (names: string) => [`--enable-feature=${names}`];
  const text: ScrapeMode = { mode: 'text', flags: [], format: 'text', isNative: false };
  const openmetrics: ScrapeMode = { mode: 'OpenMetrics', flags: [], format: 'openmetrics', isNative: false };
  if (version.startsWith('2.'))
    return [
      text,
      openmetrics,
      { mode: 'native histograms', flags: feature('native-histograms'), format: 'protobuf', isNative: true },
    ];
  const native = { scrape_native_histograms: true };
  const both = { ...native, always_scrape_classic_histograms: true };
  return [
    text,
    openmetrics,
    { mode: 'native histograms', flags: [], scrapeConfig: native, format: 'protobuf', isNative: true },
    { mode: 'native and classic histograms', flags: [], scrapeConfig: both, format: 'protobuf', isNative: true },
    {
      mode: 'created timestamps',
      flags: feature('created-timestamp-zero-ingestion'),
      format: 'protobuf',
      isNative: false,
    },
    {
      mode: 'created timestamps and native histograms',
      flags: feature('created-timestamp-zero-ingestion'),
      scrapeConfig: native,
      format: 'protobuf',
      isNative: true,
    },
    { mode: 'st-storage', flags: feature('st-storage'), format: 'protobuf', isNative: false },
  ];
}
