import { requestFlags, requestOptions, urlFlag } from './client-flags.ts';
import type { Command } from './command.ts';
import { lastValue } from './parse-arguments.ts';

const defaultTarget = { http: 'http://localhost:4318', grpc: 'http://localhost:4317' } as const;

function speedOf(text: string): number {
  const speed = text === 'max' ? Number.POSITIVE_INFINITY : Number(text);
  if (Number.isNaN(speed) || speed <= 0) throw new Error('must be a positive number or max');
  return speed;
}

export const replayCommand: Command = {
  name: 'replay',
  about: 'Sends a recording to a receiver',
  longAbout: `Sends the requests of a recording to a receiver, in their order and with their times.

A recording is a folder that \`record\` has written, or a file with one OTLP JSON request in each line. With --grpc, requests are sent
over gRPC, however they were recorded.

Examples:
  pitot replay test/fixtures/recordings/airflow-3.3 --speed=max
  pitot replay traffic.jsonl --to http://collector:4318
  pitot replay ./recording --shift-times
  pitot replay ./recording --grpc --to http://localhost:4317`,
  exitStatus: '0 if every request was accepted; 1 if one was refused',
  operands: { name: '<recording>', min: 1, max: 1 },
  flags: [
    { name: 'grpc', help: 'Send over gRPC' },
    ...requestFlags,
    { name: 'shift-times', help: 'Move the times in the data to the present' },
    {
      name: 'speed',
      value: 'factor',
      help: 'Factor for the recorded times, or max to send without waiting (default 1)',
      check: speedOf,
    },
    urlFlag(
      'to',
      `Receiver (default "${defaultTarget.http}", with --grpc "${defaultTarget.grpc}")`,
      defaultTarget.http,
    ),
  ],
  execute: async (parsed, _line, { stopped }) => {
    const { operands, flags } = parsed;
    const isGrpc = flags.has('grpc');
    const to = lastValue(parsed, 'to') ?? defaultTarget[isGrpc ? 'grpc' : 'http'];
    const [{ readRecording }, { replay }, { grpcSender, httpSender }] = await Promise.all([
      import('#recording/read-recording.ts'),
      import('#recording/replay.ts'),
      import('#recording/send-request.ts'),
    ]);
    const requests = readRecording(operands[0]!);
    const sender = (isGrpc ? grpcSender : httpSender)({ to, ...requestOptions(parsed) });
    const { sent, bytes, refused } = await replay(requests, {
      sender,
      speed: speedOf(lastValue(parsed, 'speed') ?? '1'),
      shiftsTimes: flags.has('shift-times'),
      signal: stopped,
    }).finally(() => sender.close());
    const exitCode = refused.size > 0 ? 1 : 0;
    if (flags.has('json')) {
      const result = { requests: sent, bytes, refused: Object.fromEntries(refused), to };
      return { print: `${JSON.stringify(result)}\n`, exitCode };
    }
    const lines = [...refused].map(([answer, count]) => `${count} refused: ${answer}`);
    return { print: `Sent ${sent} requests (${bytes} bytes) to ${to}.\n`, remarks: lines, exitCode };
  },
};
