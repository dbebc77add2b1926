import { execFile } from 'node:child_process';

/** Time limit of `systemd-notify`, ms. */
const timeoutMs = 5_000;

/**
 * Reports the completed start to systemd (`Type=notify`, `NotifyAccess=all`). Does nothing without `NOTIFY_SOCKET`.
 * Node.js has no Unix datagram sockets, so systemd's own command sends the message.
 * @returns the error if that command fails: systemd then waits until its timeout and stops the service
 */
export function notifySystemd(environment: NodeJS.ProcessEnv): Promise<Error | undefined> {
  if (!environment.NOTIFY_SOCKET) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    execFile('systemd-notify', ['--ready'], { env: environment, timeout: timeoutMs }, (error) =>
      resolve(error ?? undefined),
    );
  });
}
