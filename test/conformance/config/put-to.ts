import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigurationCase } from './configurations.ts';

/** How a command ended. */
export interface Answer {
  readonly exitCode: number | null;
  readonly stdout: string;
  /** Without log entries; the folder of the files is written `{dir}`. */
  readonly stderr: string;
}

const logEntry = /^(\d{4}-\d\d-\d\dT|\{"level").*\n/gm;

/** Runs a command with a case's arguments, files and environment, and nothing else in the environment. */
export function putTo(command: readonly string[], { args, files, env }: ConfigurationCase): Answer {
  const folder = mkdtempSync(join(tmpdir(), 'pitot-config-'));
  const inFolder = (text: string) => text.replaceAll('{dir}', folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), inFolder(text));
  const [program, ...first] = command;
  const given = (args ?? ['validate', '--config={dir}/config.yaml']).map(inFolder);
  const { status, stdout, stderr } = spawnSync(program!, [...first, ...given], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
    timeout: 20_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  rmSync(folder, { recursive: true });
  const withoutFolder = (text: string) => text.replaceAll(folder, '{dir}');
  return {
    exitCode: status,
    stdout: withoutFolder(stdout),
    stderr: withoutFolder(stderr.replaceAll(logEntry, '')),
  };
}
