import type { Lineage, SeriesPage } from '#api/series.ts';
import type { ConsoleClient } from '#client/console-client.ts';
import { printable } from '#text/printable.ts';
import { consoleClient, consoleFlags } from './client-flags.ts';
import type { Command, Printed } from './command.ts';
import { explainText } from './explain-text.ts';
import { configurationFlags } from './flags.ts';
import { findMissing } from './missing-metric.ts';
import { missingText } from './missing-text.ts';
import { lastValue, UsageError } from './parse-arguments.ts';

const maxListed = 10;

/** Returns the selector `name{label="value"}` of a name and `label=value` pairs. Does not change a selector. */
function selectorOf([name, ...pairs]: readonly string[]): string {
  if (pairs.length === 0) return name!;
  if (name!.includes('{')) throw new UsageError('labels are either in the selector or after the name');
  const matchers = pairs.map((pair) => {
    const equals = pair.indexOf('=');
    if (equals <= 0) throw new UsageError(`${JSON.stringify(pair)} is not label=value`);
    return `${pair.slice(0, equals)}=${JSON.stringify(pair.slice(equals + 1))}`;
  });
  return `${name}{${matchers.join(',')}}`;
}

/** Finds the series with a name in the output, or with an OTLP name. */
async function seriesOf(client: ConsoleClient, operands: readonly string[]): Promise<SeriesPage> {
  const limit = String(maxListed);
  const find = (names: readonly string[]) =>
    client.get<SeriesPage>('series', { match: selectorOf([...names, ...operands.slice(1)]), limit });
  const name = operands[0]!;
  if (name.includes('{')) return client.get<SeriesPage>('series', { match: name, limit });
  const asOutput = name.replace(/[^\w:]/g, '_');
  for (const candidate of [name, asOutput, `${asOutput}_total`]) {
    if (!/^[A-Za-z_:][\w:]*$/.test(candidate)) continue;
    // With braces, the text is the whole name.
    const page = operands.length > 1 ? await find([candidate]) : await find([`${candidate}{}`]);
    if (page.total > 0) return page;
  }
  return { total: 0, scanned: 0, series: [] };
}

interface Question {
  readonly client: ConsoleClient;
  readonly operands: readonly string[];
  readonly isJson: boolean;
  /** OTLP names in recorded requests, with their number. */
  readonly recorded?: ReadonlyMap<string, number>;
}

async function explain({ client, operands, isJson, recorded }: Question): Promise<Printed> {
  const page = await seriesOf(client, operands);
  if (page.total === 0) {
    const missing = await findMissing(client, operands[0]!, recorded);
    const text = missingText(operands[0]!, missing);
    return { print: isJson ? `${JSON.stringify({ ...missing, text })}\n` : text, exitCode: 1 };
  }
  const { selector } = page.series[0]!;
  const lineage = await client.get<Lineage>('lineage', { series: selector });
  if (isJson) return { print: `${JSON.stringify(lineage)}\n` };
  const rest = page.series.slice(1).map((each) => `  ${printable(each.selector)}\n`);
  const more = page.total - page.series.length;
  const others =
    rest.length === 0
      ? ''
      : `\n${page.total - 1} other series match:\n${rest.join('')}${more > 0 ? `  … ${more} more\n` : ''}`;
  return { print: `${explainText(lineage, Date.now())}${others}` };
}

export const explainCommand: Command = {
  name: 'explain',
  about: 'Prints how a series came about, or why a metric is missing',
  longAbout: `Prints how a series of a running pitot came about: OTLP metric, rules of the name, source of each label, streams, lines of the
output, and what the Collector would show. For a metric without series, it prints why: dropped points, conflicts, similar names.

The name is that of the /metrics output or the OTLP name. It reads the JSON API of the extension console, or, with --recording or --request,
sends recorded requests to a pitot of its own with the configuration of --config.

Examples:
  pitot explain airflow_ti_finish_total dag_id=etl state=failed
  pitot explain airflow.ti.finish
  pitot explain 'airflow_pool_open_slots{pool_name="default_pool"}'
  pitot explain airflow_ti_finish --recording ./recording --config=config.yaml`,
  exitStatus:
    '0 if there is such a series; 1 if there is none; 2 if pitot cannot be asked or the requests cannot be read',
  errorStatus: 2,
  operands: { name: '<name> [label=value …]', min: 1, max: 20 },
  flags: [
    ...configurationFlags,
    ...consoleFlags,
    { name: 'recording', value: 'path', help: 'Recording to explain from, instead of a running pitot' },
    { name: 'request', value: 'file', help: 'Body of one request to explain from: protobuf or JSON' },
  ],
  execute: async (parsed, line, io) => {
    const { operands, flags } = parsed;
    const isJson = flags.has('json');
    const request = lastValue(parsed, 'request');
    const location = request ?? lastValue(parsed, 'recording');
    if (location === undefined) return explain({ client: consoleClient(parsed), operands, isJson });
    const { withRecorded } = await import('./trial/explain-recording.ts');
    return withRecorded({ location, isRequest: request !== undefined }, { parsed, line, io }, ({ client, names }) =>
      explain({ client, operands, isJson, recorded: names }),
    );
  },
};
