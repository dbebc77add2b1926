import { once } from 'node:events';
import { withoutCredentials } from '#client/http-request.ts';
import type { WriterOptions } from '#recording/recording-writer.ts';
import { consoleClientAt, positiveDuration, requestFlags, urlFlag } from './client-flags.ts';
import type { Command, CommandIo } from './command.ts';
import { lastValue, type ParsedArguments, UsageError } from './parse-arguments.ts';
import type { Recorded } from './record/record-from.ts';

const defaultListen = '127.0.0.1:4318';
const maxBodyBytes = 64 * 1024 * 1024;
const defaultRequests = 100_000;
const defaultMebibytes = 1_024;

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

function positiveCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count <= 0) throw new Error('must be a positive whole number');
  return count;
}

export const recordCommand: Command = {
  name: 'record',
  about: 'Records OTLP requests: of a running pitot, or as a proxy',
  longAbout: `Records OTLP requests over HTTP and gRPC until it is stopped (Ctrl-C), for \`replay\` and for bug reports.

With --from, it records what the receivers of a running pitot read. Clients and pitot notice nothing: if there is more than pitot can pass
on, requests are left out and counted. pitot needs the extension console, with auth or on the same host (kubectl port-forward).

Without --from, it listens in place of the receiver, for HTTP and gRPC on one port. With --to and --to-grpc, it forwards each request and
returns the receiver's response. Without them, it accepts every request.

A folder contains the bodies as they arrived, in order, with their times and encodings. A file, with --format=jsonl, contains one request in
OTLP JSON per line.

Examples:
  pitot record ./recording --from http://localhost:8890 --duration=10m
  pitot record ./recording --listen 127.0.0.1:4328 --to http://localhost:4318
  pitot record ./recording --listen 127.0.0.1:4327 --to-grpc http://localhost:4317
  pitot record traffic.jsonl --format=jsonl --redact host.name,service.instance.id`,
  operands: { name: '<folder or file>', min: 1, max: 1 },
  flags: [
    { name: 'duration', value: 'duration', help: 'Time after which the recording ends', check: positiveDuration },
    {
      name: 'format',
      value: 'folder|jsonl',
      help: 'folder, or jsonl for a file with OTLP JSON (default folder)',
      check: formatOf,
    },
    urlFlag('from', 'Console of a running pitot, whose receivers are recorded', 'http://localhost:8890'),
    {
      name: 'listen',
      value: 'address',
      help: `Address to listen on (default "${defaultListen}")`,
      check: listenAddress,
    },
    {
      name: 'max-mib',
      value: 'MiB',
      help: `Maximum size of the recording (default ${defaultMebibytes})`,
      check: positiveCount,
    },
    {
      name: 'max-requests',
      value: 'number',
      help: `Maximum number of recorded requests (default ${defaultRequests})`,
      check: positiveCount,
    },
    { name: 'redact', value: 'keys', help: 'Attributes whose values become hashes, separated by commas' },
    urlFlag('to', 'Receiver to which requests over HTTP are forwarded', 'http://localhost:4318'),
    urlFlag('to-grpc', 'Receiver to which gRPC calls are forwarded', 'http://localhost:4317'),
    ...requestFlags,
  ],
  execute: async (parsed, _line, io) => {
    const duration = lastValue(parsed, 'duration');
    const end = new AbortController();
    // A separate listener: `AbortSignal.any` does not count as one, and the process would exit.
    io.stopped.addEventListener('abort', () => end.abort());
    if (duration !== undefined) setTimeout(() => end.abort(), positiveDuration(duration)).unref();
    const keys = (parsed.flags.get('redact') ?? []).flatMap((list) => list.split(',')).filter((key) => key !== '');
    const options: WriterOptions = {
      location: parsed.operands[0]!,
      format: formatOf(lastValue(parsed, 'format') ?? 'folder'),
      redactedKeys: new Set(keys),
      maxRequests: positiveCount(lastValue(parsed, 'max-requests') ?? String(defaultRequests)),
      maxBytes: positiveCount(lastValue(parsed, 'max-mib') ?? String(defaultMebibytes)) * 1024 * 1024,
      onProblem: (message) => io.progress(`${message}\n`),
    };
    const from = lastValue(parsed, 'from');
    const record = from === undefined ? recordAsProxy : recordNextTo;
    const { requests, bytes, missed } = await record(parsed, options, { progress: io.progress, end });
    const { location } = options;
    if (parsed.flags.has('json')) return `${JSON.stringify({ location, requests, bytes, missed })}\n`;
    const gaps = missed === 0 ? '' : ` ${missed} requests were left out.`;
    return `Recorded ${requests} requests (${bytes} bytes) in ${location}.${gaps}\n`;
  },
};

interface RecordIo extends Pick<CommandIo, 'progress'> {
  /** Ends the recording. */
  readonly end: AbortController;
}

async function recordNextTo(parsed: ParsedArguments, options: WriterOptions, io: RecordIo): Promise<Recorded> {
  for (const flag of ['listen', 'to', 'to-grpc']) {
    if (parsed.flags.has(flag)) throw new UsageError(`--${flag} has no meaning with --from, which needs no proxy`);
  }
  const { recordFrom } = await import('./record/record-from.ts');
  const client = consoleClientAt(parsed, 'from');
  return recordFrom(client, {
    ...options,
    end: io.end,
    onOpen: () => io.progress(`Recording what ${client.shownUrl} receives in ${options.location}. Stop with Ctrl-C.\n`),
  });
}

async function recordAsProxy(parsed: ParsedArguments, options: WriterOptions, io: RecordIo): Promise<Recorded> {
  for (const flag of ['header', 'timeout']) {
    if (parsed.flags.has(flag)) throw new UsageError(`--${flag} has only a meaning with --from`);
  }
  const [to, toGrpc] = [lastValue(parsed, 'to'), lastValue(parsed, 'to-grpc')];
  const { Recorder } = await import('#recording/recorder.ts');
  const recorder = new Recorder({ ...options, to, toGrpc, maxBodyBytes });
  const { host, port } = listenAddress(lastValue(parsed, 'listen') ?? defaultListen);
  const address = await recorder.listen(port, host);
  const targets = [to, toGrpc].filter((each) => each !== undefined).map(withoutCredentials);
  const forwarding = targets.length === 0 ? '' : `, forwarding to ${targets.join(' and ')}`;
  io.progress(`Recording requests to ${address} in ${options.location}${forwarding}. Stop with Ctrl-C.\n`);
  const { signal } = io.end;
  if (!signal.aborted) await once(signal, 'abort');
  await recorder.close();
  return { requests: recorder.requestCount, bytes: recorder.byteCount, missed: 0 };
}
