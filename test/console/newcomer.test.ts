import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBrowser, Visitor } from './browser.ts';

const repository = new URL('../../', import.meta.url).pathname;
/** .ci/console.sh sets the variable, and runs the tests in namespaces of their own: the default ports are free, and all processes end. */
const isAlone = process.env.PITOT_DEFAULT_PORTS === 'free';
const python = process.env.PITOT_PYTHON;
/** Limit of the issue for the way from the first variable to the green page, and for a slow machine to start the programs, ms. */
const minuteMs = 60_000;
const slownessMs = 60_000;

/** Starts `npm start` in a terminal. */
function npmStart(): ChildProcess {
  const { PATH, HOME } = process.env;
  return spawn('script', ['-qefc', 'exec npm start', '/dev/null'], {
    ...{ cwd: repository, stdio: ['pipe', 'pipe', 'inherit'] },
    env: { PATH, HOME, TERM: 'xterm', SHELL: '/bin/sh' },
  });
}

/** Reads the address of the console from the terminal. @throws Error with the screen after a minute */
function addressOf(pitot: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let screen = '';
    const timer = setTimeout(() => reject(new Error(`no address of the console: ${screen.slice(-2_000)}`)), minuteMs);
    pitot.stdout!.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
      const address = /Console is ready.*?url=(http:\/\/localhost:\d+)/.exec(screen)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}

test.skipIf(!isAlone || python === undefined)('a newcomer who follows the page sees it green', async () => {
  const others: ChildProcess[] = [];
  const start = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) =>
    others.push(spawn(command, args, { cwd: repository, stdio: 'ignore', env }));
  const browser = await openBrowser();
  const pitot = npmStart();
  try {
    const visitor = await Visitor.open(browser, await addressOf(pitot), 'light desktop');
    const { page } = visitor;
    await page.getByRole('heading', { name: 'Getting started' }).waitFor();
    const [variables, , scrapeJob] = (await page.locator('.copy pre').allTextContents()) as [string, string, string];
    await visitor.screenshot('newcomer before');

    const began = Date.now();
    const set = Object.fromEntries(variables.split('\n').map((line) => line.split(/=(.*)/s, 2) as [string, string]));
    start(python!, ['test/console/client.py', 'airflow'], { ...process.env, ...set, OTEL_SERVICE_NAME: 'airflow' });
    const directory = mkdtempSync(join(tmpdir(), 'pitot-newcomer-'));
    writeFileSync(join(directory, 'prometheus.yml'), scrapeJob);
    start('prometheus', [`--config.file=${directory}/prometheus.yml`, `--storage.tsdb.path=${directory}/data`]);
    await page.locator('.verdict.ok').waitFor({ timeout: minuteMs + slownessMs });
    process.stdout.write(
      `console: the page of a newcomer is green after ${Math.round((Date.now() - began) / 1000)} s\n`,
    );
    await page.getByText('Everything works.').waitFor();
    expect(await visitor.verdict()).toMatch(/Airflow’s metrics arrive, and Prometheus reads them\.$/);
    await visitor.screenshot('newcomer after');
    expect(visitor.faults).toEqual([]);
  } finally {
    await browser.close();
    for (const child of others) child.kill();
    pitot.kill();
  }
});
