import { spawnSync } from 'node:child_process';

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
  const { code, stderr } = podman('run', '--detach', '--name', name, ...restricted, ...options, image, ...args);
  if (code !== 0) throw new Error(`podman run ${name}: ${stderr}`);
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
