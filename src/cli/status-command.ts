import type { Status } from '#api/overview.ts';
import { briefDuration, printable, thousands } from './aligned-columns.ts';
import { consoleClient, consoleFlags } from './client-flags.ts';
import type { Command } from './command.ts';

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

export const statusCommand: Command = {
  name: 'status',
  about: 'Prints the state of a running pitot in ten lines',
  longAbout: `Prints the state of a running pitot in ten lines. It reads the JSON API of the extension console.

The exit status is 0 if pitot works, also while it waits for data, and 1 if it loses data, does not work, or cannot be asked.

Examples:
  pitot status
  pitot status --url http://admin:password@pitot:8890
  kubectl exec POD -- /pitot status --json`,
  flags: consoleFlags,
  execute: async (parsed, { environment }, { isTerminal }) => {
    const status = await consoleClient(parsed).get<Status>('status');
    const isJson = parsed.flags.has('json');
    return {
      print: isJson ? `${JSON.stringify(status)}\n` : overview(status, isTerminal && !environment.NO_COLOR),
      exitCode: status.verdict.level === 'error' ? 1 : 0,
    };
  },
};
