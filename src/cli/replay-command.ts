import { readRecording } from '#recording/read-recording.ts';
import { replay } from '#recording/replay.ts';
import { jsonFlag, urlFlag } from './client-flags.ts';
import type { Command } from './command.ts';
import { lastValue } from './parse-arguments.ts';

const defaultTarget = 'http://localhost:4318';

function speedOf(text: string): number {
  const speed = text === 'max' ? Number.POSITIVE_INFINITY : Number(text);
  if (Number.isNaN(speed) || speed <= 0) throw new Error('must be a positive number or max');
  return speed;
}

export const replayCommand: Command = {
  name: 'replay',
  about: 'Sends a recording to a receiver',
  longAbout: `Sends the requests of a recording to a receiver, in their order and with their times.

A recording is a folder that \`record\` has written, or a file with one OTLP JSON request in each line.

Examples:
  pitot replay test/fixtures/recordings/airflow-3.3 --speed=max
  pitot replay traffic.jsonl --to http://collector:4318
  pitot replay ./recording --shift-times`,
  operands: { name: '<recording>', min: 1, max: 1 },
  flags: [
    jsonFlag,
    { name: 'shift-times', help: 'Move the times in the data to the present' },
    {
      name: 'speed',
      value: 'factor',
      help: 'Factor for the recorded times, or max to send without waiting (default 1)',
      check: speedOf,
    },
    urlFlag('to', `Receiver (default "${defaultTarget}")`),
  ],
  execute: async (parsed, _line, { stopped }) => {
    const { operands, flags } = parsed;
    const to = lastValue(parsed, 'to') ?? defaultTarget;
    const requests = readRecording(operands[0]!);
    const { sent, bytes, refused } = await replay(requests, {
      to,
      speed: speedOf(lastValue(parsed, 'speed') ?? '1'),
      shiftsTimes: flags.has('shift-times'),
      signal: stopped,
    });
    const exitCode = refused.size > 0 ? 1 : 0;
    if (flags.has('json')) {
      const result = { requests: sent, bytes, refused: Object.fromEntries(refused), to };
      return { print: `${JSON.stringify(result)}\n`, exitCode };
    }
    const lines = [...refused].map(([answer, count]) => `${count} refused: ${answer}`);
    return { print: `Sent ${sent} requests (${bytes} bytes) to ${to}.\n`, remarks: lines, exitCode };
  },
};
