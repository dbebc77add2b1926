import { readFileSync } from 'node:fs';
import { ConsoleClient } from '#client/console-client.ts';
import { fileReason } from '#client/file-reason.ts';
import { metricNames } from '#recording/metric-names.ts';
import { type RecordedRequest, readRecording } from '#recording/read-recording.ts';
import type { CommandIo, CommandLine } from '../command.ts';
import type { ParsedArguments } from '../parse-arguments.ts';
import { rawConfigOf } from './resolve-raw.ts';
import { feed, startTrial } from './run-trial.ts';

/** A pitot that has received recorded requests and nothing else. */
export interface Recorded {
  readonly client: ConsoleClient;
  /** OTLP names in the requests, with the number of requests that contain them. */
  readonly names: ReadonlyMap<string, number>;
}

/**
 * Sends recorded requests to a separate pitot, and calls `ask` with its console.
 * @param location a recording, or with `isRequest` the body of one request in protobuf or JSON, with or without gzip
 */
export async function withRecorded<Result>(
  { location, isRequest }: { readonly location: string; readonly isRequest: boolean },
  context: { readonly parsed: ParsedArguments; readonly line: CommandLine; readonly io: CommandIo },
  ask: (recorded: Recorded) => Promise<Result>,
): Promise<Result> {
  const { parsed, line, io } = context;
  const requests = isRequest ? [requestIn(location)] : readRecording(location);
  const raw = await rawConfigOf(parsed, line);
  const trial = await startTrial({ raw, collector: undefined, stopped: io.stopped });
  try {
    const refused = await feed(trial, requests, io.stopped);
    if (refused > 0) io.progress(`${refused} of ${requests.length} requests were refused\n`);
    const url = `http://127.0.0.1:${trial.ports.console}`;
    return await ask({
      client: new ConsoleClient({ url, headers: {}, timeoutMs: 60_000 }),
      names: metricNames(requests),
    });
  } finally {
    await trial.stop();
  }
}

/** @throws Error if the file cannot be read */
function requestIn(file: string): RecordedRequest {
  let body: Buffer;
  try {
    body = readFileSync(file);
  } catch (error) {
    throw new Error(`open ${file}: ${fileReason(error)}`);
  }
  const isGzip = body[0] === 0x1f && body[1] === 0x8b;
  const isJson = !isGzip && /^\s*\{/.test(body.toString('latin1', 0, 100));
  const headers = {
    'content-type': isJson ? 'application/json' : 'application/x-protobuf',
    ...(isGzip && { 'content-encoding': 'gzip' }),
  };
  return { atSeconds: 0, path: '/v1/metrics', headers, body: () => body };
}
