import { networkReason, requestHttp } from '#client/http-request.ts';
import { doctorAgent } from '#component/views/clients-view.ts';
import { parseTextFormat } from '#prometheus/exposition/parse-text.ts';
import { hostOf, portOf } from './network-steps.ts';
import { no, type Step, skipped, yes } from './step.ts';

interface Target {
  readonly scrapeUrl: string;
  readonly health: string;
  readonly lastError: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface PrometheusOptions {
  /** Address of Prometheus, with its path if it has one. */
  readonly url: URL;
  readonly metricsUrl: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Checks whether Prometheus has pitot as a target, and stores its metrics. Stops at the first no. */
export async function prometheusSteps(options: PrometheusOptions): Promise<Step[]> {
  const { url, metricsUrl } = options;
  const name = 'Target';
  let targets: Target[];
  try {
    const path = 'api/v1/targets?state=active';
    targets = ((await ask(options, path)) as { activeTargets: Target[] }).activeTargets;
  } catch (error) {
    const remedy = 'Check the address of Prometheus in --prometheus.';
    return [no(name, `${url.href}: ${networkReason(error)}`, remedy)];
  }
  const target = targetOf(targets, metricsUrl);
  if (!target) {
    const remedy =
      'Add a scrape job (pitot gen scrape-config), or a ServiceMonitor whose labels match the selector of your Prometheus.';
    return [no(name, `Prometheus has ${targets.length} targets, and none with port ${portOf(metricsUrl)}`, remedy)];
  }
  if (target.health === 'down') {
    const text = `${target.scrapeUrl} is down: ${target.lastError}`;
    return [
      no(name, text, 'Check the network policy (networkPolicy.monitoringFrom in the chart), the scheme, and limits.'),
    ];
  }
  const step = yes(name, `${target.scrapeUrl} is ${target.health}`);
  return [step, await queryStep(options, target)];
}

/**
 * Returns the target with the address of the output, otherwise one with its port and path: Prometheus uses the address
 * of the pod.
 */
function targetOf(targets: readonly Target[], metricsUrl: URL): Target | undefined {
  const urls = targets.flatMap((target) => {
    const url = URL.parse(target.scrapeUrl);
    return url && portOf(url) === portOf(metricsUrl) && url.pathname === metricsUrl.pathname ? [{ target, url }] : [];
  });
  return (urls.find(({ url }) => hostOf(url) === hostOf(metricsUrl)) ?? urls[0])?.target;
}

async function queryStep(options: PrometheusOptions, { labels }: Target): Promise<Step> {
  const name = 'Query';
  const metric = await storedMetric(options);
  if (metric === undefined) return skipped(name, 'the output has no series yet');
  const selector = Object.entries({ job: labels.job, instance: labels.instance })
    .filter(([, value]) => value !== undefined)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  // With honor_labels, the series have the labels of the output instead.
  const query = `count({__name__=${JSON.stringify(metric)}})`;
  try {
    const path = `api/v1/query?query=${encodeURIComponent(query)}`;
    const { result } = (await ask(options, path)) as {
      result: readonly { readonly value: readonly [number, string] }[];
    };
    const count = result[0]?.value[1];
    if (count !== undefined) return yes(name, `${query} is ${count}`);
  } catch (error) {
    return no(name, `${query}: ${networkReason(error)}`, 'Check the log of Prometheus.');
  }
  const remedy = `Wait for one scrape interval. If up{${selector.join(', ')}} is 1 then, check metric_relabel_configs of the job.`;
  return no(name, `${query} is empty, although the output has ${metric}`, remedy);
}

/** Returns the name of a sample in the output that Prometheus should have. */
async function storedMetric({ metricsUrl, timeoutMs }: PrometheusOptions): Promise<string | undefined> {
  const { status, body } = await requestHttp(metricsUrl, { headers: { 'user-agent': doctorAgent }, timeoutMs });
  if (status !== 200) return undefined;
  const families = parseTextFormat(body.toString()).filter(({ name }) => !/target_info$|pitot_doctor/.test(name));
  return families.find(({ samples }) => samples.length > 0)?.samples[0]?.name;
}

async function ask({ url, headers, timeoutMs }: PrometheusOptions, path: string): Promise<unknown> {
  const base = url.href.endsWith('/') ? url.href : `${url.href}/`;
  const { status, body } = await requestHttp(new URL(path, base), { headers, timeoutMs });
  if (status !== 200) throw new Error(`HTTP status ${status}: ${body.toString().trim().slice(0, 200)}`);
  let answer: { readonly data?: unknown };
  try {
    answer = JSON.parse(body.toString());
  } catch {
    throw new Error('the answer is not that of Prometheus');
  }
  if (typeof answer.data !== 'object' || answer.data === null) throw new Error('the answer is not that of Prometheus');
  return answer.data;
}
