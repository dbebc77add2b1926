#!/usr/bin/env -S node --max-semi-space-size=8
// Must be the first import; see that file.
import '#cli/process-signals.ts';
import { getEventListeners } from 'node:events';
import { writeSync } from 'node:fs';
import { interpret } from '#cli/commands.ts';
import { errorText } from '#cli/error-text.ts';
import { notifySystemd } from '#cli/notify-systemd.ts';
import { handleSignals } from '#cli/process-signals.ts';
import { buildInfoFor } from './build-info.ts';
import type { Collector } from './collector.ts';

/** Go's names of signals. */
const signalNames = { SIGTERM: 'terminated', SIGINT: 'interrupt', SIGHUP: 'hangup' } as const;
/** Signal numbers, which shells add to 128 for the exit status of a process that a signal ended. */
const signalNumbers = { SIGTERM: 15, SIGINT: 2, SIGHUP: 1 } as const;

/** Milliseconds between attempts to write to a full pipe, and the number of attempts without progress. */
const printRetry = { ms: 5, attempts: 600 } as const;

/** Writes a whole text to a descriptor that may be a pipe. Ignores a reader that has closed it, or that has stopped. */
function print(fd: 1 | 2, text: string): void {
  let rest = Buffer.from(text);
  for (let attempts = 0; rest.length > 0 && attempts < printRetry.attempts; attempts += 1) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
      attempts = 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, printRetry.ms);
    }
  }
}

/** Runs a collector until a signal stops it or it cannot continue. @returns the exit status */
async function run(collector: Collector, notices: readonly string[]): Promise<number> {
  let leave!: (code: number) => void;
  const left = new Promise<number>((resolve) => {
    leave = resolve;
  });
  let ending = false;
  handleSignals((signal) => {
    // The second signal exits immediately. Without a log, nothing has started.
    if (signal !== 'SIGHUP' && (ending || !collector.log)) process.exit(ending ? 1 : 0);
    collector.log?.info('Received signal from OS', { signal: signalNames[signal] });
    if (signal === 'SIGHUP') {
      void collector.reload();
      return;
    }
    ending = true;
    leave(0);
  });
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => collector.reportFault(error));
  }
  await collector.start();
  for (const notice of notices) collector.log?.info(notice);
  void notifySystemd(process.env).then((error) => {
    if (error) collector.log?.warn('Cannot report the start to systemd', { error });
  });
  collector.failed.catch(() => leave(1));
  const code = await left;
  ending = true;
  await collector.shutdown();
  return code;
}

const stopListeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

async function main(): Promise<number> {
  const stopping = new AbortController();
  handleSignals((signal) => {
    // The first signal lets a command finish; a second one, or a command that does not listen, exits.
    if (stopping.signal.aborted || stopListeners(stopping.signal) === 0) process.exit(128 + signalNumbers[signal]);
    stopping.abort();
  });
  const build = buildInfoFor(process.argv[1] ?? '');
  try {
    const outcome = await interpret(
      { args: process.argv.slice(2), build, environment: process.env },
      {
        output: (text) => print(1, text),
        progress: (text) => print(2, text),
        stopped: stopping.signal,
        isTerminal: process.stdout.isTTY === true,
      },
    );
    if ('run' in outcome) return await run(outcome.run, outcome.notices);
    print(1, outcome.print);
    print(2, (outcome.remarks ?? []).map((remark) => `${remark}\n`).join(''));
    return outcome.exitCode ?? 0;
  } catch (error) {
    print(2, errorText(error));
    return 1;
  }
}

// Without top-level await: the bundle is CommonJS.
void main().then((code) => process.exit(code));
