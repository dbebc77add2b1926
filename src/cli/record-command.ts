import { once } from 'node:events';
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

function formatOf(text: string): 'folder' | 'jsonl' {
  if (text !== 'folder' && text !== 'jsonl') throw new Error('must be folder or jsonl');
  return text;
}

export const recordCommand: Command = {
  name: 'record',
  about: 'Records OTLP requests over HTTP and gRPC, and forwards them to a receiver',
  longAbout: `Records OTLP requests until it is stopped (Ctrl-C), for \`replay\` and for bug reports.

It listens in place of the receiver, for HTTP and gRPC on one port. With --to and --to-grpc, it forwards each request and returns the
receiver's response. Without them, it accepts every request. A folder contains the bodies as they arrived, in order, with their times
and encodings. A file, with --format=jsonl, contains one request in OTLP JSON per line.

Examples:
  pitot record ./recording --listen 127.0.0.1:4328 --to http://localhost:4318
  pitot record ./recording --listen 127.0.0.1:4327 --to-grpc http://localhost:4317
  pitot record traffic.jsonl --format=jsonl --redact host.name,service.instance.id`,
  operands: { name: '<folder or file>', min: 1, max: 1 },
  flags: [
    {
      name: 'format',
      value: 'format',
      help: 'folder, or jsonl for a file with OTLP JSON (default folder)',
      check: formatOf,
    },
    {
      name: 'listen',
      value: 'address',
      help: `Address to listen on (default "${defaultListen}")`,
      check: listenAddress,
    },
    { name: 'redact', value: 'keys', help: 'Attributes whose values become hashes, separated by commas' },
    urlFlag('to', 'Receiver to which requests over HTTP are forwarded'),
    urlFlag('to-grpc', 'Receiver to which gRPC calls are forwarded'),
  ],
  execute: async (parsed, _line, { stopped, progress }) => {
    const { operands, flags } = parsed;
    const location = operands[0]!;
    const to = lastValue(parsed, 'to');
    const toGrpc = lastValue(parsed, 'to-grpc');
    const { Recorder } = await import('#recording/recorder.ts');
    const keys = (flags.get('redact') ?? []).flatMap((list) => list.split(',')).filter((key) => key !== '');
    const recorder = new Recorder({
      location,
      format: formatOf(lastValue(parsed, 'format') ?? 'folder'),
      to,
      toGrpc,
      redactedKeys: new Set(keys),
      maxBodyBytes,
      maxRequests,
      onProblem: (message) => progress(`${message}\n`),
    });
    const { host, port } = listenAddress(lastValue(parsed, 'listen') ?? defaultListen);
    const address = await recorder.listen(port, host);
    const targets = [to, toGrpc].filter((each) => each !== undefined);
    progress(
      `Recording requests to ${address} in ${location}${targets.length === 0 ? '' : `, forwarding to ${targets.join(' and ')}`}. Stop with Ctrl-C.\n`,
    );
    if (!stopped.aborted) await once(stopped, 'abort');
    await recorder.close();
    return `Recorded ${recorder.requestCount} requests (${recorder.byteCount} bytes) in ${location}.\n`;
  },
};
