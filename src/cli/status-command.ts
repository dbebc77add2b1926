import type { Status } from '#api/overview.ts';
import { type ConsoleClient, ConsoleError } from '#client/console-client.ts';
import { printable } from '#text/printable.ts';
import { thousands } from '#text/thousands.ts';
import { briefDuration } from './aligned-columns.ts';
import { consoleClient, consoleFlags, requestOptions, urlFlag, urlOf } from './client-flags.ts';
import type { Command } from './command.ts';
import type { ParsedArguments } from './parse-arguments.ts';

const marks = { ok: '✓', waiting: '…', warning: '!', error: '✗' } as const;
const colors = { ok: 32, waiting: 36, warning: 33, error: 31 } as const;

/** Formats the state of a running pitot in ten lines or fewer. */
function overview(status: Status, isColored: boolean): string {
  const { verdict, clients, output, scrapers, errors, problems, nowUnixMs } = status;
  const mark = isColored ? `\u001b[${colors[verdict.level]}m${marks[verdict.level]}\u001b[0m` : marks[verdict.level];
  const ago = (unixMs: number | null) => (unixMs === null ? 'never' : `${briefDuration(nowUnixMs - unixMs)} ago`);
  const rate = thousands(Math.round((clients.pointsPerSecond ?? 0) * 10) / 10);
  const megabytes = Math.round(status.process.rssBytes / 1e6);
  const cpu = status.process.cpuShare === null ? '' : `, ${Math.round(status.process.cpuShare * 100)} % CPU`;
  const scraper = scrapers[0];
  const scrape = scraper
    ? `${scraper.userAgent || 'a scraper'} at ${scraper.address}, ${ago(scraper.unixMs)}${scraper.intervalMs === null ? '' : `, every ${briefDuration(scraper.intervalMs)}`}`
    : 'none yet';
  const receivers = status.listeners.filter(({ purpose }) => purpose === 'otlp_http' || purpose === 'otlp_grpc');
  const rows = [
    ['Clients', `${clients.active} active of ${clients.known}, ${rate} points/s, last ${ago(clients.lastUnixMs)}`],
    ['Received', `${thousands(clients.points)} data points`],
    [
      'Output',
      `${thousands(output.series)} series in ${thousands(output.families)} metrics (limit ${thousands(output.maxSeries)}), ${output.accumulates ? 'accumulation' : 'last value'}`,
    ],
    ['Scrape', scrape],
    [
      'Lost',
      `${thousands(errors.droppedPoints)} points dropped, ${thousands(errors.refusedPoints)} refused, ${thousands(errors.rejectedRequests)} requests rejected`,
    ],
    ['Problems', `${problems.error} errors, ${problems.warning} warnings`],
    ['Listens', receivers.map(({ purpose, address }) => `${address} (${purpose.slice(5).toUpperCase()})`).join(', ')],
    [
      'Process',
      `pitot ${status.pitotVersion}, up ${briefDuration(nowUnixMs - status.startedUnixMs)}, ${megabytes} MB${cpu}`,
    ],
  ];
  const lines = rows.map(([name, text]) => `  ${name!.padEnd(10)}${printable(text!)}\n`);
  return `${mark} ${printable(verdict.text)}\n${lines.join('')}`;
}

async function fromPorts(parsed: ParsedArguments, client: ConsoleClient) {
  const { readPorts } = await import('./status-fallback.ts');
  const { hostname } = new URL(client.url);
  return readPorts({
    ...requestOptions(parsed),
    metrics: urlOf(parsed, 'metrics') ?? new URL(`http://${hostname}:8889/metrics`),
    ownMetrics: urlOf(parsed, 'own-metrics') ?? new URL(`http://${hostname}:8888/metrics`),
  });
}

export const statusCommand: Command = {
  name: 'status',
  about: 'Prints the state of a running pitot in ten lines',
  longAbout: `Prints the state of a running pitot in ten lines. It reads the JSON API of the extension console. If there is none, it reads pitot's
own metrics (port 8888) and the /metrics output (port 8889) of the same host.

Examples:
  pitot status
  pitot status --url http://admin:password@pitot:8890
  kubectl exec POD -- /pitot status --json`,
  exitStatus:
    '0 if pitot works, also while it waits for data; 1 if it loses data or does not work; 2 if it cannot be asked',
  errorStatus: 2,
  flags: [
    ...consoleFlags,
    urlFlag(
      'metrics',
      'Address of the /metrics output (default: port 8889 of the host of --url)',
      'http://localhost:8889/metrics',
    ),
    urlFlag(
      'own-metrics',
      "Address of pitot's own metrics (default: port 8888 of the host of --url)",
      'http://localhost:8888/metrics',
    ),
  ],
  execute: async (parsed, { environment }, { isTerminal }) => {
    const client = consoleClient(parsed);
    const isJson = parsed.flags.has('json');
    let status: Status;
    try {
      status = await client.get<Status>('status');
    } catch (error) {
      // A console that answers with an error is asked for a reason.
      const result =
        error instanceof ConsoleError && error.status === undefined ? await fromPorts(parsed, client) : undefined;
      if (!result) throw error;
      const { portsText } = await import('./status-fallback.ts');
      const remark = `${error instanceof Error ? error.message : error}`;
      return { print: isJson ? `${JSON.stringify({ ports: result })}\n` : portsText(result), remarks: [remark] };
    }
    return {
      print: isJson ? `${JSON.stringify(status)}\n` : overview(status, isTerminal && !environment.NO_COLOR),
      exitCode: status.verdict.level === 'error' ? 1 : 0,
    };
  },
};
