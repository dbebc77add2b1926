import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { systemStateDirectory } from './builtin-config.ts';

interface User {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** By default, whether this process runs as root. */
  readonly isRoot?: boolean;
  readonly platform?: NodeJS.Platform;
}

/** Returns the directory in which the built-in configuration keeps totals, unless PITOT_STATE_DIR names another one. */
export function stateDirectory({
  environment,
  isRoot = process.geteuid?.() === 0,
  platform = process.platform,
}: User): string {
  if (isRoot) return systemStateDirectory;
  const home = environment.HOME || homedir();
  if (platform === 'win32') return join(environment.LOCALAPPDATA || home, 'pitot');
  const { XDG_STATE_HOME = '' } = environment;
  return join(isAbsolute(XDG_STATE_HOME) ? XDG_STATE_HOME : join(home, '.local', 'state'), 'pitot');
}
