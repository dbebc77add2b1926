import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs podman with runc, and waits until it exits. */
export function podman(...args: string[]): Ran {
  const { status, stdout, stderr, error } = spawnSync(
    'podman',
    ['--runtime', 'runc', '--log-level', 'fatal', ...args],
    {
      encoding: 'utf8',
    },
  );
  if (error) throw error;
  return { code: status ?? 1, stdout, stderr };
}

/** Runs podman with runc in the background, for requests that are sent in the meantime. */
export async function podmanMeanwhile(...args: string[]): Promise<void> {
  await promisify(execFile)('podman', ['--runtime', 'runc', '--log-level', 'fatal', ...args]);
}

/**
 * Options for a container that conforms to the "restricted" Pod Security Standard: read-only root, no capabilities, no new privileges, a PID
 * namespace, and the user of the image. It shares the network namespace of this process.
 */
const restricted = [
  ...['--network', 'host', '--read-only', '--read-only-tmpfs=false', '--cap-drop', 'all'],
  ...['--security-opt', 'no-new-privileges', '--no-healthcheck'],
  // podman's default limits are higher than an unprivileged host allows.
  ...['--ulimit', 'nofile=4096:4096', '--ulimit', 'nproc=4096:4096'],
];

/** Starts a container in the background. @throws Error with the message of podman */
export function start(name: string, image: string, options: readonly string[], args: readonly string[] = []): void {
  const { code, stderr } = podman(...runArguments(name, image, options, args));
  if (code !== 0) throw new Error(`podman run ${name}: ${stderr}`);
}

/** Arguments of podman that start a container in the background. */
export function runArguments(
  name: string,
  image: string,
  options: readonly string[],
  args: readonly string[],
): string[] {
  return ['run', '--detach', '--name', name, ...restricted, ...options, image, ...args];
}

/** Runs a container until it exits. */
export function runToEnd(image: string, options: readonly string[], args: readonly string[] = []): Ran {
  return podman('run', '--rm', ...restricted, ...options, image, ...args);
}

/** Sends SIGTERM, and SIGKILL after `seconds`. Returns the exit status, which is 137 after SIGKILL. */
export function stop(name: string, seconds: number): number {
  podman('stop', '--time', `${seconds}`, name);
  return Number(podman('inspect', name, '--format', '{{.State.ExitCode}}').stdout);
}
