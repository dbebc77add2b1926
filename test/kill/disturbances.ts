import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Bridge } from '../support/bridge.ts';

/** Replaces the wall clock of a process by one whose offset a test can change. */
const clockProgram = `
  import { readFileSync } from 'node:fs';
  const { now } = Date;
  let offset = 0;
  const read = () => { offset = Number(readFileSync(process.env.CLOCK_OFFSET_FILE, 'utf8')) || 0; };
  read();
  setInterval(read, 20).unref();
  Date.now = () => now() + offset;
`;

/** Things that happen to a running process besides kills: on its disk, to its clock, and to its configuration. */
export class Disturbances {
  /** Directory of the state: a small disk if this machine allows it, otherwise an ordinary directory. */
  readonly directory = mkdtempSync(join(tmpdir(), 'pitot-state-'));
  readonly counts = { reloads: 0, 'unlinked files': 0, 'full disks': 0, 'clock steps': 0 };
  readonly env: NodeJS.ProcessEnv;
  readonly #random: () => number;
  readonly #offsetFile: string;
  readonly #hasOwnDisk: boolean;

  constructor(random: () => number) {
    this.#random = random;
    const programs = mkdtempSync(join(tmpdir(), 'pitot-clock-'));
    const program = join(programs, 'clock.mjs');
    writeFileSync(program, clockProgram);
    this.#offsetFile = join(programs, 'offset');
    writeFileSync(this.#offsetFile, '0');
    this.env = { NODE_OPTIONS: `--import=${pathToFileURL(program)}`, CLOCK_OFFSET_FILE: this.#offsetFile };
    this.#hasOwnDisk = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', this.directory]).status === 0;
  }

  close(): void {
    if (this.#hasOwnDisk) spawnSync('umount', ['-l', this.directory]);
  }

  /** Disturbs a process that is listening, in one of the ways. Resolves when a kill may follow. */
  async disturb(bridge: Bridge): Promise<void> {
    const ways = [() => this.#reload(bridge), () => this.#unlink(), () => this.#stepClock()];
    if (this.#hasOwnDisk) ways.push(() => this.#fillDisk());
    await ways[Math.floor(this.#random() * ways.length)]?.();
  }

  async #reload(bridge: Bridge): Promise<void> {
    this.counts.reloads += 1;
    bridge.pitot.process.kill('SIGHUP');
    await after(this.#random() * 100);
  }

  /** Removes the file, its log, or both. Until pitot has noticed, only the process has the data: a kill then loses it. */
  async #unlink(): Promise<void> {
    const [name] = readdirSync(this.directory).filter((file) => file.endsWith('.db'));
    if (name === undefined) return;
    const path = join(this.directory, name);
    const { ino } = statSync(path);
    const choice = this.#random();
    if (choice < 0.7) rmSync(path);
    if (choice > 0.4) rmSync(`${path}-wal`, { force: true });
    this.counts['unlinked files'] += 1;
    const isBack = () => existsSync(path) && statSync(path).ino !== ino;
    for (let tries = 0; !isBack(); tries += 1) {
      if (tries > 3_000) throw new Error(`${path} was not written again`);
      await after(10);
    }
  }

  async #stepClock(): Promise<void> {
    this.counts['clock steps'] += 1;
    writeFileSync(this.#offsetFile, String(Math.round((this.#random() * 2 - 1) * 900_000)));
    await after(30);
  }

  async #fillDisk(): Promise<void> {
    this.counts['full disks'] += 1;
    const filler = join(this.directory, 'filler');
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096'], { stdio: 'ignore' });
    await after(this.#random() * 300);
    rmSync(filler);
  }
}
