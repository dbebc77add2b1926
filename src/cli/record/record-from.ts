import type { Requests } from '#api/requests.ts';
import type { ConsoleClient } from '#client/console-client.ts';
import { RecordingWriter, type WriterOptions } from '#recording/recording-writer.ts';

interface FromOptions extends WriterOptions {
  /** Ends the recording. */
  readonly end: AbortController;
  /** Called when pitot has begun to send requests. */
  onOpen(): void;
}

/** What a recording contains. */
export interface Recorded {
  readonly requests: number;
  readonly bytes: number;
  /** Requests that pitot did not send because they were too large or too many. */
  readonly missed: number;
}

/**
 * Records what the receivers of a running pitot read, until `end` aborts or a limit is reached.
 * @throws ConsoleError if the console cannot be asked, or ends the stream; Error if the location cannot be written
 */
export async function recordFrom(client: ConsoleClient, options: FromOptions): Promise<Recorded> {
  const { onOpen, onProblem, end } = options;
  const writer = new RecordingWriter(options);
  let missed = 0;
  for await (const event of client.events<Requests>('requests', { stopped: end.signal, onOpen })) {
    missed += event.missed;
    if (event.missed > 0) onProblem(`${event.missed} requests were too large or too many, and are not recorded`);
    for (const { atMs, transport, path, headers, body } of event.requests) {
      write(writer, { path, headers, body: Buffer.from(body, 'base64'), atMs, transport }, onProblem);
    }
    if (writer.isFull) end.abort();
  }
  return { requests: writer.requestCount, bytes: writer.byteCount, missed };
}

type Arrived = Omit<Requests['requests'][number], 'body'> & { readonly body: Buffer };

function write(
  writer: RecordingWriter,
  { path, headers, body, atMs, transport }: Arrived,
  onProblem: (message: string) => void,
): void {
  try {
    writer.write({ path, headers, body, isGrpc: transport === 'grpc', arrivedMs: atMs });
  } catch (error) {
    onProblem(`${path} is not recorded: ${(error as Error).message}`);
  }
}
