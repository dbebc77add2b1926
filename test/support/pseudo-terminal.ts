import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { compileCache } from './pitot.ts';

const repository = new URL('../../', import.meta.url).pathname;

/** A pitot process whose standard streams are a terminal. */
export interface TerminalSession {
  readonly process: ChildProcess;
  /** Everything that the terminal has shown so far. */
  screen(): string;
  /** Types keys, such as Ctrl-C (`\u0003`). */
  type(keys: string): void;
  /** Resolves with the exit status. */
  readonly exited: Promise<number | null>;
}

/** Starts `pitot ARGUMENTS` in a pseudo-terminal, with util-linux `script`. */
export function pitotInTerminal(args: readonly string[], env: Readonly<Record<string, string>> = {}): TerminalSession {
  const quoted = [process.execPath, join(repository, 'src/main.ts'), ...args].map(
    (text) => `'${text.replaceAll("'", "'\\''")}'`,
  );
  const { PATH, HOME } = process.env;
  const child = spawn('script', ['-qefc', `exec ${quoted.join(' ')}`, '/dev/null'], {
    cwd: repository,
    env: { PATH, HOME, TERM: 'xterm-256color', SHELL: '/bin/sh', NODE_COMPILE_CACHE: compileCache, ...env },
  });
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
  });
  return {
    process: child,
    screen: () => screen.replaceAll('\r\n', '\n'),
    type: (keys) => child.stdin.write(keys),
    exited: once(child, 'close').then(([code]) => code as number | null),
  };
}

/** Resolves when the terminal has shown a text. @throws Error with the screen if the process ends or after 60 s */
export async function untilShown(session: TerminalSession, text: string | RegExp): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    const hasEnded = session.process.exitCode !== null;
    const screen = session.screen();
    if (typeof text === 'string' ? screen.includes(text) : text.test(screen)) return;
    if (hasEnded || Date.now() > end) throw new Error(`${text} is not shown: ${screen.slice(-2000)}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
