import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigurationCase } from './configurations.ts';

/** Result of a command. */
export interface Answer {
  readonly exitCode: number | null;
  readonly stdout: string;
  /** Output on stderr without log entries. `{dir}` replaces the folder of the files. */
  readonly stderr: string;
}

const logEntry = /^(\d{4}-\d\d-\d\dT|\{"level").*\n/gm;

/** Writes the files of a case to a folder, runs `ask` with the case's arguments, and removes the folder, also from the answer. */
export async function inFolder(
  { args, files }: ConfigurationCase,
  ask: (args: readonly string[]) => Promise<Answer>,
): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'pitot-config-'));
  const withFolder = (text: string) => text.replaceAll('{dir}', folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), withFolder(text));
  const { exitCode, stdout, stderr } = await ask((args ?? ['validate', '--config={dir}/config.yaml']).map(withFolder));
  rmSync(folder, { recursive: true });
  const withoutFolder = (text: string) => text.replaceAll(folder, '{dir}');
  return { exitCode, stdout: withoutFolder(stdout), stderr: withoutFolder(stderr.replaceAll(logEntry, '')) };
}

/** Runs a command with the arguments and files of a case, and only its environment. */
export function putTo(command: readonly string[], asked: ConfigurationCase): Promise<Answer> {
  return inFolder(asked, (args) => {
    const [program, ...first] = command;
    const child = spawn(program!, [...first, ...args], {
      env: { PATH: process.env.PATH, ...asked.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
    });
    const written = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        written[name] += text;
      });
    }
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode) => resolve({ exitCode, ...written }));
    });
  });
}
