import { consoleClient, consoleFlags, positiveDuration } from './client-flags.ts';
import type { Command } from './command.ts';
import { lastValue } from './parse-arguments.ts';

const defaultInterval = '2s';

export const topCommand: Command = {
  name: 'top',
  about: 'Shows clients, metrics, series, rates, and drops of a running pitot, live',
  longAbout: `Shows clients, metrics, series, rates, and drops of a running pitot in the terminal, live.

Keys: 1 to 4 and Tab select a table, s and S the sorted column, r reverses, / filters (words, or comparisons such as points/s>10),
arrows select a row, Enter lists the series of a metric, p pauses, and q quits. In a pipe, or with --once, it prints one snapshot. It
reads the JSON API of the extension console.

Examples:
  pitot top
  pitot top --once
  pitot top --json | jq .status.clients`,
  flags: [
    ...consoleFlags,
    {
      name: 'interval',
      value: 'duration',
      help: `Time between two readings (default ${defaultInterval})`,
      check: positiveDuration,
    },
    { name: 'once', help: 'Print one snapshot, also in a terminal' },
  ],
  execute: async (parsed, { environment }, { isTerminal, stopped }) => {
    const { readOnce, snapshot, watch } = await import('./top/watch.ts');
    const client = consoleClient(parsed);
    if (parsed.flags.has('json')) return `${JSON.stringify(await readOnce(client))}\n`;
    const intervalMs = positiveDuration(lastValue(parsed, 'interval') ?? defaultInterval);
    const options = { intervalMs, hasColors: !environment.NO_COLOR, stopped };
    if (!isTerminal || parsed.flags.has('once') || environment.TERM === 'dumb') return snapshot(client, options);
    await watch(client, options);
    return '';
  },
};
