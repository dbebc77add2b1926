import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileReason } from '#client/file-reason.ts';

/** A request of a recording. The body is read on access. */
export interface RecordedRequest {
  /** Time since the first request in seconds. */
  readonly atSeconds: number;
  readonly path: string;
  /** Lowercase names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: () => Buffer;
}

/** Name of the file that lists the requests of a recorded folder. */
export const indexName = 'index.jsonl';

/**
 * Reads a recording: a folder with `index.jsonl` and one file for each body (docs/recordings.md), or a file with one
 * OTLP JSON request per line, as the Collector's file exporter writes it.
 * @throws Error with file and line if the recording is invalid
 */
export function readRecording(location: string): readonly RecordedRequest[] {
  let isFolder: boolean;
  try {
    isFolder = statSync(location).isDirectory();
  } catch (error) {
    throw new Error(`open ${location}: ${fileReason(error)}`);
  }
  const requests = isFolder ? readFolder(location) : readJsonLines(location);
  if (requests.length === 0) throw new Error(`${location}: the recording contains no requests`);
  return requests;
}

function readFolder(folder: string): RecordedRequest[] {
  const index = join(folder, indexName);
  if (!existsSync(index)) {
    throw new Error(
      `${folder}: there is no ${indexName}; name a folder that \`record\` has written, or a file of OTLP JSON lines`,
    );
  }
  return linesOf(index).map(({ text, place }) => {
    const entry = parsed(text, place) as Record<string, unknown>;
    const { file, at_seconds: atSeconds, path, headers } = entry;
    if (typeof file !== 'string' || /[\\/]/.test(file))
      throw new Error(`${place}: "file" must be the name of a file in ${folder}`);
    if (typeof atSeconds !== 'number') throw new Error(`${place}: "at_seconds" must be a number`);
    if (typeof path !== 'string' || !path.startsWith('/')) throw new Error(`${place}: "path" must begin with /`);
    return { atSeconds, path, headers: headersIn(headers, place), body: () => bodyOf(join(folder, file), place) };
  });
}

function headersIn(headers: unknown, place: string): Record<string, string> {
  if (headers === undefined) return {};
  const entries = typeof headers === 'object' && headers !== null ? Object.entries(headers) : undefined;
  if (!entries?.every(([, value]) => typeof value === 'string'))
    throw new Error(`${place}: "headers" must be a map of texts`);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}

function bodyOf(file: string, place: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`${place}: open ${file}: ${fileReason(error)}`);
  }
}

/** Paths by the field that identifies the signal of a request. */
const paths: Readonly<Record<string, string>> = {
  resourceMetrics: '/v1/metrics',
  resourceSpans: '/v1/traces',
  resourceLogs: '/v1/logs',
};

function readJsonLines(file: string): RecordedRequest[] {
  return linesOf(file).map(({ text, place }) => {
    const request = parsed(text, place) as Record<string, unknown>;
    const field = Object.keys(paths).find((name) => name in request);
    if (field === undefined) {
      throw new Error(`${place}: the line is no OTLP request: it has neither ${Object.keys(paths).join(' nor ')}`);
    }
    return {
      atSeconds: 0,
      path: paths[field]!,
      headers: { 'content-type': 'application/json' },
      body: () => Buffer.from(text),
    };
  });
}

function linesOf(file: string): { readonly text: string; readonly place: string }[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((text, index) => ({ text, place: `${file}:${index + 1}` }))
    .filter(({ text }) => text.trim() !== '');
}

function parsed(text: string, place: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${place}: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${place}: expected a JSON object`);
  return value;
}
