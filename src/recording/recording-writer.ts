import { appendFileSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileReason } from '#client/file-reason.ts';
import { makeDirectory } from '#files/make-directory.ts';
import { isJson, plainBody } from './plain-body.ts';
import { protobufToJson } from './protobuf-to-json.ts';
import { indexName } from './read-recording.ts';
import { type RecordedBody, redact } from './redact.ts';
import { grpcPathOf, type SignalPath } from './signals.ts';

/** Settings and dependencies of {@link RecordingWriter}. */
export interface WriterOptions {
  /** A folder for bodies and index, or a file for lines of OTLP JSON. */
  readonly location: string;
  readonly format: 'folder' | 'jsonl';
  /** Attributes whose text values are redacted. */
  readonly redactedKeys: ReadonlySet<string>;
  /** Limit for the number of recorded requests. */
  readonly maxRequests: number;
  /** Limit for the recorded bodies in bytes. */
  readonly maxBytes: number;
  readonly onProblem: (message: string) => void;
}

/** How and when a request arrived. */
export interface ArrivedRequest extends RecordedBody {
  readonly isGrpc: boolean;
  /** Monotonic time, ms. */
  readonly arrivedMs: number;
}

/** Headers that a recording contains. Others can contain secrets or belong to the connection. */
const keptHeaders = ['content-type', 'content-encoding', 'user-agent'];

/**
 * Writes requests in the order of their arrival: into a folder, as `NNNNN.bin` with the body as it arrived and a line in `index.jsonl`; or
 * into a file, as a line of OTLP JSON each.
 */
export class RecordingWriter {
  readonly #options: WriterOptions;
  #count = 0;
  #bytes = 0;
  #firstMs: number | undefined;
  /** Whether it was reported that the limit is reached. */
  #isTold = false;

  /** @throws Error if the location cannot be created or already contains a recording */
  constructor(options: WriterOptions) {
    this.#options = options;
    const { location, format } = options;
    const file = format === 'folder' ? join(location, indexName) : location;
    if (existsSync(file) && statSync(file).size > 0) {
      throw new Error(
        `${location} already contains a recording; name another ${format === 'folder' ? 'folder' : 'file'}`,
      );
    }
    try {
      makeDirectory(dirname(file), 0o777);
      writeFileSync(file, '');
    } catch (error) {
      throw new Error(`create ${location}: ${fileReason(error)}`, { cause: error });
    }
  }

  get requestCount(): number {
    return this.#count;
  }

  /** Whether it records no further request. */
  get isFull(): boolean {
    const { maxRequests, maxBytes } = this.#options;
    return this.#isTold || this.#count >= maxRequests || this.#bytes >= maxBytes;
  }

  get byteCount(): number {
    return this.#bytes;
  }

  /** @throws Error if the request cannot be redacted, converted, or written */
  write({ path, headers: all, body, isGrpc, arrivedMs }: ArrivedRequest): void {
    const { location, format, redactedKeys, maxBytes, onProblem } = this.#options;
    if (this.isFull || this.#bytes + body.length > maxBytes) {
      if (!this.#isTold) onProblem('limit of the recording reached; recording no more');
      this.#isTold = true;
      return;
    }
    const headers = Object.fromEntries(Object.entries(all).filter(([name]) => keptHeaders.includes(name)));
    const redacted = redact({ path, headers, body }, redactedKeys);
    if (format === 'jsonl') {
      const line = jsonLine({ path, headers, body: redacted });
      appendFileSync(location, `${line}\n`);
      this.#bytes += line.length;
    } else {
      const file = `${String(this.#count).padStart(5, '0')}.bin`;
      this.#firstMs ??= arrivedMs;
      const atSeconds = Math.round(arrivedMs - this.#firstMs) / 1000;
      writeFileSync(join(location, file), redacted);
      const entry = { file, at_seconds: atSeconds, path, headers, ...(isGrpc && { transport: 'grpc' }) };
      appendFileSync(join(location, indexName), `${JSON.stringify(entry)}\n`);
      this.#bytes += redacted.length;
    }
    this.#count += 1;
  }
}

/** @throws Error if the request is not one of OTLP */
function jsonLine({ path, headers, body }: RecordedBody): string {
  if (grpcPathOf(path) === undefined) throw new Error(`${path} is not a path of OTLP; only a folder can contain it`);
  const plain = plainBody(headers, body);
  // A line end in JSON is never part of a text.
  if (isJson(headers, plain))
    return plain
      .toString('utf8')
      .replace(/[\r\n]+/g, ' ')
      .trim();
  return protobufToJson(path as SignalPath, plain);
}
