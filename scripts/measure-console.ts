/**
 * Measures what the console costs.
 *
 *   npm run console:measure -- idle     CPU and memory when nobody looks: 9 minutes
 *   npm run console:measure -- views    with 100,000 series: time until each view appears, memory of the tab, longest turn: 2 minutes
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { cpuSecondsOf } from '../bench/load/server.ts';
import { openBrowser, Visitor } from '../test/console/browser.ts';
import { type Situation, startSituation } from '../test/console/situations.ts';

const measured = join(mkdtempSync(join(tmpdir(), 'pitot-measured-')), 'values.json');
const preload = `--expose-gc --import ${join(import.meta.dirname, 'turn-length.mjs')}`;
const env = { NODE_OPTIONS: preload, PITOT_MEASURED: measured };

interface Measured {
  readonly maxMs: number;
  readonly heldBytes: number;
}

/** Returns what pitot has measured since the last call. */
async function read({ pitot }: Situation): Promise<Measured> {
  rmSync(measured, { force: true });
  pitot.process.kill('SIGUSR2');
  const end = Date.now() + 30_000;
  while (!existsSync(measured) || readFileSync(measured, 'utf8') === '') {
    if (Date.now() > end) throw new Error(`pitot does not answer: ${pitot.output().toString().slice(-2_000)}`);
    await after(20);
  }
  return JSON.parse(readFileSync(measured, 'utf8')) as Measured;
}

const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

const withoutConsole = (base: object) => {
  const { service } = base as { service: object };
  return { ...base, extensions: {}, service: { ...service, extensions: [] } };
};

/**
 * Measures what a console costs that nobody looks at: CPU seconds of a minute without requests, and memory after a collection, with and
 * without a console. The console only works between requests (once every ten seconds), so that its CPU time does not depend on them.
 * CPU seconds of a load differ by more than 1% from run to run, and cannot show it.
 */
async function measureIdle(): Promise<void> {
  for (const name of ['recording', '100,000 series', '100,000 series of Airflow']) {
    const cpu = { with: 0, without: 0 };
    const held = { with: 0, without: 0 };
    for (const kind of ['with', 'without'] as const) {
      const situation = await startSituation(name, kind === 'without' ? withoutConsole : undefined, env);
      await after(25_000);
      const before = cpuSecondsOf(situation.pitot.process.pid!);
      await after(60_000);
      cpu[kind] = cpuSecondsOf(situation.pitot.process.pid!) - before;
      held[kind] = (await read(situation)).heldBytes;
      await situation.pitot.stop();
    }
    const share = (100 * (cpu.with - cpu.without)) / 60;
    console.log(
      `${name}: ${cpu.with.toFixed(2)} instead of ${cpu.without.toFixed(2)} CPU seconds a minute: ${share.toFixed(2)}% of one CPU; ` +
        `${mb(held.with - held.without)} (${mb(held.with)} instead of ${mb(held.without)})`,
    );
  }
}

/** Shows every view of a pitot with 100,000 series. */
async function measureViews(): Promise<void> {
  const browser = await openBrowser();
  for (const name of ['100,000 series', '100,000 series of Airflow']) {
    const situation = await startSituation(name, undefined, { ...env, PITOT_TURNS: 'on' });
    await after(12_000);
    await read(situation);
    await after(12_000);
    const quiet = await read(situation);
    const visitor = await Visitor.open(browser, situation.origin, 'light desktop');
    console.log(`${name}; nobody looks: longest turn ${quiet.maxMs.toFixed(0)} ms`);
    await visitor.page.waitForTimeout(3_000);
    await read(situation);
    for (const route of [...situation.routes, 'metrics?match=task_1', 'cardinality?match=dag_1']) {
      const times: number[] = [];
      const before = cpuSecondsOf(situation.pitot.process.pid!);
      for (let i = 0; i < 3; i++) {
        times.push(await visitor.showData(route));
        await visitor.page.waitForTimeout(700);
      }
      const { maxMs } = await read(situation);
      const first = Math.max(...times).toFixed(0);
      const cpu = ((1_000 * (cpuSecondsOf(situation.pitot.process.pid!) - before)) / times.length).toFixed(0);
      console.log(
        `  ${route.split('/')[0]!.padEnd(26)} ${first.padStart(5)} ms, pitot's CPU ${cpu.padStart(4)} ms, longest turn ${maxMs.toFixed(0)} ms`,
      );
    }
    console.log(
      `  tab: ${mb(await visitor.heapBytes())} of objects, ${mb(privateBytesOfTabs())} of memory that no other process shares`,
    );
    await visitor.close();
    await situation.pitot.stop();
  }
  await browser.close();
}

/** Private memory of the largest process that renders a page of the browser. */
function privateBytesOfTabs(): number {
  const parents = new Map(processes().map(({ pid, parent }) => [pid, parent]));
  const isOurs = (pid: number): boolean => pid === process.pid || (parents.has(pid) && isOurs(parents.get(pid)!));
  const tabs = processes().filter(({ pid, command }) => command.includes('--type=renderer') && isOurs(pid));
  return Math.max(
    ...tabs.map(({ pid }) => {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      const kb = [...text.matchAll(/^Private_(?:Clean|Dirty): +(\d+)/gm)].map(([, value]) => Number(value));
      return 1024 * kb.reduce((sum, each) => sum + each, 0);
    }),
  );
}

function processes(): { pid: number; parent: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]);
        return [{ pid: Number(name), parent, command: readFileSync(`/proc/${name}/cmdline`, 'utf8') }];
      } catch {
        return [];
      }
    });
}

const parts: Readonly<Record<string, () => Promise<void>>> = { idle: measureIdle, views: measureViews };
const wanted = process.argv.slice(2);
for (const [name, measure] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(name)) await measure();
