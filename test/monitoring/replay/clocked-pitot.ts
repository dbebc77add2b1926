import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, ask } from '../../support/http.ts';
import { compileCache, configFile, freePorts, untilListening } from '../../support/pitot.ts';

const root = new URL('../../../', import.meta.url).pathname;

/** A real pitot, its own process and ports, whose clock the test sets. */
export class ClockedPitot {
  readonly ports: Readonly<Record<'http' | 'page' | 'own', number>>;
  readonly #child: ChildProcess;
  #output = '';

  private constructor(ports: { http: number; page: number; own: number }, nowMs: number, prometheus: object) {
    this.ports = ports;
    const host = '127.0.0.1';
    const config = {
      receivers: { otlp: { protocols: { http: { endpoint: `${host}:${ports.http}` } } } },
      exporters: { prometheus: { endpoint: `${host}:${ports.page}`, ...prometheus } },
      extensions: { file_storage: { directory: mkdtempSync(join(tmpdir(), 'pitot-clocked-')) } },
      service: {
        extensions: ['file_storage'],
        telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host, port: ports.own } } } }] } },
        pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } },
      },
    };
    const preload = new URL('clock-preload.ts', import.meta.url).pathname;
    this.#child = spawn(
      process.execPath,
      ['--import', preload, `${root}src/main.ts`, `--config=${configFile(config)}`],
      {
        cwd: root,
        env: { ...process.env, NODE_COMPILE_CACHE: compileCache, REPLAY_CLOCK_MS: `${nowMs}` },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.on('data', (text) => {
        this.#output = (this.#output + text).slice(-20_000);
      });
  }

  /** Starts at the given time. Resolves when it accepts connections. */
  static async start(nowMs: number, prometheus: object): Promise<ClockedPitot> {
    const [http, page, own] = (await freePorts(3)) as [number, number, number];
    const pitot = new ClockedPitot({ http, page, own }, nowMs, prometheus);
    await untilListening(
      { process: pitot.#child, output: () => Buffer.from(pitot.#output), stop: () => pitot.stop() },
      [http, page],
    );
    return pitot;
  }

  get output(): string {
    return this.#output;
  }

  async setClock(nowMs: number): Promise<void> {
    const answered = once(this.#child, 'message');
    this.#child.send({ nowMs });
    await answered;
  }

  scrape(port: 'page' | 'own', headers: Readonly<Record<string, string>>): Promise<Answer> {
    return ask(this.ports[port], { path: '/metrics', headers: { ...headers } });
  }

  async stop(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await exited;
    }
    return this.#child.exitCode;
  }
}
