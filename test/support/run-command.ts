import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { compileCache } from './pitot.ts';

const repository = new URL('../../', import.meta.url).pathname;

/** Output and exit status of a command. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/**
 * Runs `pitot ARGUMENTS` as a separate process with pipes, without the settings of Airflow and OpenTelemetry in this
 * environment.
 */
export async function runPitot(
  args: readonly string[],
  { env = {}, input = '' }: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Promise<CommandResult> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [join(repository, 'src/main.ts'), ...args], {
    cwd: repository,
    env: { PATH, HOME, NODE_COMPILE_CACHE: compileCache, ...env },
  });
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { stdout, stderr, exitCode: child.exitCode };
}
