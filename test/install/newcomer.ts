/**
 * Follows a section of the documentation like a newcomer: runs its shell blocks unchanged and in order, and compares `text` blocks
 * with the output.
 *
 * node test/install/newcomer.ts PAGE SECTION [--in=DIRECTORY] [--send]
 *
 * If the text between two blocks contains Ctrl-C, pitot is stopped. A `text` block contains the output of the last block that
 * ended; … matches any text. This block is run up to three more times, as a reader would do. `--send` is for sections that only
 * start pitot: it sends the recorded Airflow requests and expects the totals of Airflow's database.
 *
 * Exits with status 0 if the documentation is correct.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type CodeBlock, codeBlocks, shows } from './code-blocks.ts';
import { isListening, Terminals } from './terminal.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { in: { type: 'string', default: '.' }, send: { type: 'boolean', default: false } },
});
const [page, section] = positionals;
if (!page || !section) throw new Error('usage: newcomer.ts PAGE SECTION [--in=DIRECTORY] [--send]');
if (await isListening()) throw new Error('port 4318 is in use: stop the process that listens there');

const recording = new URL('../fixtures/recordings/airflow-3.3/', import.meta.url);
const terminals = new Terminals(values.in, process.env);
try {
  const compared = await follow(codeBlocks(page, section));
  if (values.send) await sendAndCompare();
  else if (compared === 0) throw new Error(`"${section}" has no \`text\` block: nothing says what is right`);
  process.stdout.write(`${page}, ${section}: as written\n`);
} catch (error) {
  process.stderr.write(`${page}, ${section}: ${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  await terminals.interrupt();
}

/** Runs the blocks. @returns the number of compared outputs */
async function follow(blocks: readonly CodeBlock[]): Promise<number> {
  let last: { readonly block: string; output: string } | undefined;
  let compared = 0;
  for (const { language, text, prose } of blocks) {
    if (/Ctrl-C/.test(prose)) await terminals.interrupt();
    if (language === 'sh') {
      const wasServing = terminals.isServing;
      const output = await terminals.run(text);
      if (terminals.isServing === wasServing) last = { block: text, output };
    } else if (language === 'text') {
      if (!last) throw new Error(`no command has the output\n${text}`);
      for (let tries = 1; !shows(last.output, text); tries++) {
        if (tries === 4) throw new Error(`expected\n${text}\nbut the output is\n${last.output.slice(-4000)}`);
        last.output = await terminals.run(last.block);
      }
      compared++;
    }
  }
  return compared;
}

async function sendAndCompare(): Promise<void> {
  if (!terminals.isServing) throw new Error('pitot does not run after the last command');
  const bodies = readdirSync(recording).filter((file) => file.endsWith('.bin'));
  for (const body of bodies.sort()) {
    const response = await fetch('http://localhost:4318/v1/metrics', {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: readFileSync(new URL(body, recording)),
    });
    if (!response.ok) throw new Error(`pitot answers ${response.status} to ${join('airflow-3.3', body)}`);
  }
  const counted = /^airflow_ti_finish_total\{.*state="success".*task_id="tick".*\} (\d+)$/gm;
  let series: string[] = [];
  for (let scrape = 1; scrape <= 2; scrape++) {
    const served = await (await fetch('http://localhost:8889/metrics')).text();
    series = [...served.matchAll(counted)].map((match) => match[1]!);
  }
  if (series.join() !== '12') throw new Error(`expected one series with the value 12, but there are: ${series.join()}`);
}
