import { basename } from 'node:path';
import { parseTextFormat, type TextFamily } from '#prometheus/exposition/parse-text.ts';
import { type RecordedRequest, readRecording } from '#recording/read-recording.ts';
import type { CommandIo, CommandLine, Printed } from '../command.ts';
import type { ParsedArguments } from '../parse-arguments.ts';
import { changesText, dashboardChanges } from './dashboard-changes.ts';
import { rawConfigOf } from './resolve-raw.ts';
import { collectorAt, feed, outputOf, startTrial } from './run-trial.ts';

interface DiffCollectorOptions {
  readonly recording: string;
  /** Path of the Collector; `''` searches PATH. */
  readonly binary: string;
  readonly isJson: boolean;
  readonly parsed: ParsedArguments;
  readonly line: CommandLine;
  readonly io: CommandIo;
}

/**
 * Sends a recording to the Collector and to pitot with the same configuration, and compares what they serve.
 * @throws Error if one of them does not run
 */
export async function diffCollector(options: DiffCollectorOptions): Promise<Printed> {
  const { recording, binary, isJson, parsed, line, io } = options;
  const collector = collectorAt(binary, line.environment.PATH);
  const requests = readRecording(recording);
  const raw = await rawConfigOf(parsed, line);
  const serve = async (name: string, program: string | undefined): Promise<TextFamily[]> => {
    if (!isJson) io.progress(`Sending ${requests.length} requests of ${basename(recording)} to ${name} …\n`);
    return served(requests, { raw, collector: program, stopped: io.stopped });
  };
  const left = await serve(`the Collector (${collector})`, collector);
  const right = await serve('pitot', undefined);
  const changes = dashboardChanges(left, right);
  const metrics = new Set([...left, ...right].map(({ name }) => name)).size;
  return {
    print: isJson ? `${JSON.stringify({ metrics, changes })}\n` : changesText(changes, metrics),
    exitCode: changes.length > 0 ? 1 : 0,
  };
}

async function served(
  requests: readonly RecordedRequest[],
  options: Parameters<typeof startTrial>[0],
): Promise<TextFamily[]> {
  const trial = await startTrial(options);
  try {
    await feed(trial, requests, options.stopped);
    return parseTextFormat(await outputOf(trial));
  } finally {
    await trial.stop();
  }
}
