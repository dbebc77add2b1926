import type { Tail } from '#api/tail.ts';
import { printable } from '#text/printable.ts';
import { consoleClient, consoleFlags } from './client-flags.ts';
import type { Command } from './command.ts';

type Point = Tail['points'][number];

function linesOf({ unixMs, metric, type, value, job, process, attributes, line }: Point, isColored: boolean): string {
  const time = new Date(unixMs).toISOString().slice(11, 23);
  const labels = attributes.map(([key, text]) => `${key}=${text}`).join(' ');
  const from = [job, process].filter((text) => text !== '').join(' ');
  const dim = (text: string) => (isColored ? `\u001b[2m${text}\u001b[0m` : text);
  const point = `${time}  ${metric} ${value} ${type}  ${labels}`.trimEnd();
  const result = line === '' ? '(no line in the output)' : line;
  return `${printable(point)}${from === '' ? '' : dim(`  from ${printable(from)}`)}\n              ${dim(printable(result.trimEnd()))}\n`;
}

export const tailCommand: Command = {
  name: 'tail',
  about: 'Prints data points as they arrive, and the lines that they become',
  longAbout: `Prints data points as they arrive at a running pitot, and the lines of the /metrics output that they become, until Ctrl-C.

The metric is a part of its name, or a pattern with *. Words after it are contained in the point; attribute=value is exact. With --json,
each line is an object. It reads the JSON API of the extension console.

Examples:
  pitot tail
  pitot tail airflow.ti.finish state=failed
  pitot tail 'airflow.pool.*' --json`,
  operands: { name: '[metric] [attribute=value …]', max: 20 },
  flags: consoleFlags,
  execute: async (parsed, { environment }, { isTerminal, output, progress, stopped }) => {
    const client = consoleClient(parsed);
    const [first = '', ...rest] = parsed.operands;
    const isMetric = !first.includes('=');
    const parameters = { metric: isMetric ? first : '', match: (isMetric ? rest : parsed.operands).join(' ') };
    const isJson = parsed.flags.has('json');
    const isColored = isTerminal && !environment.NO_COLOR;
    const what = first === '' ? 'data points' : `data points that match ${parsed.operands.join(' ')}`;
    const onOpen = () => {
      if (!isJson) progress(`Waiting for ${what}; Ctrl-C ends.\n`);
    };
    for await (const { points, missed } of client.events<Tail>('tail', { parameters, stopped, onOpen })) {
      for (const point of points) output(isJson ? `${JSON.stringify(point)}\n` : linesOf(point, isColored));
      if (missed > 0) progress(`${missed} more points arrived at the same time\n`);
    }
    return '';
  },
};
