#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { buildInfoFor } from './build-info.ts';
import { interpret } from './cli/commands.ts';
import { errorText } from './cli/error-text.ts';
import type { Collector } from './collector.ts';

/** Go's names of the signals that end the process. */
const signalNames = { SIGTERM: 'terminated', SIGINT: 'interrupt' } as const;

/** Writes all of a text to a descriptor that may be a pipe; nothing can be done about a reader that has gone. */
function print(fd: 1 | 2, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
    }
  }
}

/** Runs a collector until it is told to end or can't go on. @returns the exit code */
async function run(collector: Collector, notice: string | undefined): Promise<number> {
  let leave!: (code: number) => void;
  const left = new Promise<number>((resolve) => {
    leave = resolve;
  });
  let ending = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // The second one ends at once: whoever sends it has waited long enough.
      if (ending) process.exit(1);
      ending = true;
      collector.log?.info('Received signal from OS', { signal: signalNames[signal] });
      leave(0);
    });
  }
  process.on('SIGHUP', () => {
    collector.log?.info('Received signal from OS', { signal: 'hangup' });
    void collector.reload();
  });
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => collector.reportFault(error));
  }
  await collector.start();
  if (notice !== undefined) collector.log?.info(notice);
  collector.failed.catch(() => leave(1));
  const code = await left;
  ending = true;
  await collector.shutdown();
  return code;
}

async function main(): Promise<number> {
  const build = buildInfoFor(process.argv[1] ?? '');
  try {
    const outcome = await interpret({ args: process.argv.slice(2), build, environment: process.env });
    if ('run' in outcome) return await run(outcome.run, outcome.notice);
    print(1, outcome.print);
    return 0;
  } catch (error) {
    print(2, errorText(error));
    return 1;
  }
}

// Not with await: the bundle is CommonJS.
void main().then((code) => process.exit(code));
