import type { GettingStarted, Status } from '#api/overview.ts';
import type { Sources } from '#api/service.ts';
import type { ConsoleClient } from '#client/console-client.ts';
import { requestHttp } from '#client/http-request.ts';
import { doctorAgent } from '#component/views/clients-view.ts';
import { parseTextFormat, type TextSample } from '#prometheus/exposition/parse-text.ts';
import { no, type Step, skipped, yes } from './step.ts';
import { checkAirflow } from './surroundings.ts';

const name = 'Clients';
const noClient = `Check the settings of Airflow: ${checkAirflow}`;

/** Sources of information about a running pitot, as far as they are available. */
export interface Reports {
  readonly console: ConsoleClient | undefined;
  readonly status: Status | undefined;
  /** URLs of the `/metrics` output and of pitot's own metrics. */
  readonly metricsUrl: URL;
  readonly ownMetricsUrl: URL;
  readonly timeoutMs: number;
}

/** Checks whether clients other than the doctor have sent data points. */
export async function clientsStep(reports: Reports): Promise<Step> {
  const { console } = reports;
  return console && reports.status ? fromConsole(console) : fromOutputs(reports);
}

async function fromConsole(console: ConsoleClient): Promise<Step> {
  const { sources: clients } = await console.get<Sources>('sources');
  if (clients.length > 0) {
    const [latest] = clients.toSorted((a, b) => b.lastUnixMs - a.lastUnixMs);
    const seconds = Math.max(0, Math.round((Date.now() - latest!.lastUnixMs) / 1000));
    const who = latest!.job || latest!.userAgent || latest!.address;
    return yes(
      name,
      `${clients.length} processes have sent data points; ${who} at ${latest!.address} ${seconds} s ago`,
    );
  }
  const cause = await causeIn(console);
  return cause ? no(name, cause.text, cause.remedy) : no(name, 'no client has sent a data point yet', noClient);
}

/** Names a client that was rejected in the latest minutes, while others work. Undefined if there is none. */
export async function rejectedStep({ console, status }: Reports): Promise<Step | undefined> {
  const cause = console && status ? await causeIn(console) : undefined;
  return cause && skipped('Rejected', cause.text, cause.remedy);
}

/** Returns what a client does wrong at present. */
async function causeIn(console: ConsoleClient): Promise<{ text: string; remedy: string } | undefined> {
  const { causes } = await console.get<GettingStarted>('getting-started');
  const others = causes.filter(({ observed }) => !observed.includes(doctorAgent));
  const cause = others.find(({ code }) => code !== 'empty') ?? others[0];
  return cause && { text: `${cause.address || 'a client'}: ${cause.title} (${cause.observed})`, remedy: cause.remedy };
}

const reasonsPage = 'See "Requests are rejected" in docs/troubleshooting.md, and the warnings in the log of pitot.';

/** Checks without a console: the output shows whether data has arrived, and port 8888 counts rejected requests. */
async function fromOutputs({ metricsUrl, ownMetricsUrl, timeoutMs }: Reports): Promise<Step> {
  const output = await samplesOf(metricsUrl, timeoutMs);
  const series = output?.filter((sample) => !/pitot_doctor|target_info$/.test(sample.name)).length ?? 0;
  if (series > 0) return yes(name, `the output has ${series} samples of other clients`);
  const own = await samplesOf(ownMetricsUrl, timeoutMs);
  if (own === undefined) {
    const remedy = 'Enable the extension console, or name the address of port 8888 with --own-metrics.';
    return skipped(name, `neither a console nor ${ownMetricsUrl.href} says which clients send`, remedy);
  }
  const rejected = own
    .filter((sample) => sample.name === 'pitot_receiver_rejected_requests_total')
    .sort((a, b) => b.value - a.value)[0];
  if (!rejected) return no(name, 'no client has sent a data point yet', noClient);
  const { labels, value } = rejected;
  const text = `${value} requests or connections were rejected over ${labels.get('transport')}: ${labels.get('reason')}`;
  return no(name, text, reasonsPage);
}

async function samplesOf(url: URL, timeoutMs: number): Promise<TextSample[] | undefined> {
  const answer = await requestHttp(url, { headers: { 'user-agent': doctorAgent }, timeoutMs }).catch(() => undefined);
  return answer?.status === 200 ? parseTextFormat(answer.body.toString()).flatMap(({ samples }) => samples) : undefined;
}

/** Checks whether Prometheus has scraped the output, as recorded by pitot. */
export async function scrapeStep({ console, status }: Reports): Promise<Step> {
  if (!console || !status) return skipped('Scrape', 'without a console, pitot does not say who reads the output');
  const [scraper] = status.scrapers;
  if (scraper) {
    const seconds = Math.round((status.nowUnixMs - scraper.unixMs) / 1000);
    return yes('Scrape', `${scraper.userAgent || 'a scraper'} at ${scraper.address} read the output ${seconds} s ago`);
  }
  const { scrapeConfig } = await console.get<GettingStarted>('getting-started');
  return no(
    'Scrape',
    'no scraper has read the output yet',
    `Add a scrape job to Prometheus:\n${scrapeConfig.trimEnd()}`,
  );
}
