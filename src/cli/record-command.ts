import { once } from 'node:events';
import { Recorder } from '#recording/recorder.ts';
import { urlFlag } from './client-flags.ts';
import type { Command } from './command.ts';
import { lastValue } from './parse-arguments.ts';

const defaultListen = '127.0.0.1:4318';
const maxBodyBytes = 64 * 1024 * 1024;
const maxRequests = 100_000;

function listenAddress(text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) throw new Error(`must be an address such as ${defaultListen}`);
  return { host: match[1] ?? (match[2] || '0.0.0.0'), port };
}

export const recordCommand: Command = {
  name: 'record',
  about: 'Records OTLP/HTTP requests, and forwards them to a receiver',
  longAbout: `Records OTLP/HTTP requests into a folder until it is stopped (Ctrl-C), for \`replay\` and for bug reports.

It listens in place of the receiver. With --to, it forwards each request and returns the receiver's response. Without --to, it accepts
every request. The bodies are written as they arrived, in order, with their times and encodings.

Examples:
  pitot record ./recording --listen 127.0.0.1:4328 --to http://localhost:4318
  pitot record ./recording --redact host.name,service.instance.id`,
  operands: { name: '<folder>', min: 1, max: 1 },
  flags: [
    {
      name: 'listen',
      value: 'address',
      help: `Address to listen on (default "${defaultListen}")`,
      check: listenAddress,
    },
    { name: 'redact', value: 'keys', help: 'Attributes whose values become hashes, separated by commas' },
    urlFlag('to', 'Receiver to which requests are forwarded'),
  ],
  execute: async (parsed, _line, { stopped, progress }) => {
    const { operands, flags } = parsed;
    const folder = operands[0]!;
    const to = lastValue(parsed, 'to');
    const keys = (flags.get('redact') ?? []).flatMap((list) => list.split(',')).filter((key) => key !== '');
    const recorder = new Recorder({
      folder,
      to,
      redactedKeys: new Set(keys),
      maxBodyBytes,
      maxRequests,
      onProblem: (message) => progress(`${message}\n`),
    });
    const { host, port } = listenAddress(lastValue(parsed, 'listen') ?? defaultListen);
    const address = await recorder.listen(port, host);
    progress(
      `Recording requests to ${address} in ${folder}${to === undefined ? '' : `, forwarding to ${to}`}. Stop with Ctrl-C.\n`,
    );
    if (!stopped.aborted) await once(stopped, 'abort');
    await recorder.close();
    return `Recorded ${recorder.requestCount} requests (${recorder.byteCount} bytes) in ${folder}.\n`;
  },
};
