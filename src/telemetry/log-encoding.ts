import type { LogFields, LogLevel } from '#component/component.ts';

/** A log entry before it is encoded. */
interface LogEntry {
  readonly time: Date;
  readonly level: LogLevel;
  /** `folder/file.ts:line`; absent if entries have no caller. */
  readonly caller: string | undefined;
  /** Text, or bytes that are written unchanged. */
  readonly message: string | Uint8Array;
  /** Fields of the entry and of its logger, encoded by `encodeFields` of the same encoding, without braces. */
  readonly fields: string;
}

/** One of the two layouts of the Collector's log, see docs/reference/collector-behaviour.md#log-format. */
export interface LogEncoding {
  /** Returns `"a": 1, "b": "x"`, or `''` without fields. */
  encodeFields(fields: LogFields): string;
  /** Joins two results of `encodeFields`. */
  joinFields(first: string, second: string): string;
  /** Returns the entry with its line end, in pieces so that a large message is not copied. */
  encode(entry: LogEntry): (string | Uint8Array)[];
}

/** Tab-separated columns, the fields as an object at the end. */
export const consoleEncoding: LogEncoding = {
  encodeFields: (fields) => encodeFields(fields, { colon: ': ', comma: ', ' }),
  joinFields: (first, second) => (first === '' || second === '' ? first + second : `${first}, ${second}`),
  encode({ time, level, caller, message, fields }) {
    const head = `${timeText(time)}\t${level}\t${caller === undefined ? '' : `${caller}\t`}`;
    const tail = fields === '' ? '\n' : `\t{${fields}}\n`;
    return typeof message === 'string' ? [head + message + tail] : [head, message, tail];
  },
};

/** One JSON object for each entry, without spaces. */
export const jsonEncoding: LogEncoding = {
  encodeFields: (fields) => encodeFields(fields, { colon: ':', comma: ',' }),
  joinFields: (first, second) => (first === '' || second === '' ? first + second : `${first},${second}`),
  encode({ time, level, caller, message, fields }) {
    const text = typeof message === 'string' ? message : Buffer.from(message).toString('utf8');
    const callerPart = caller === undefined ? '' : `,"caller":${quote(caller)}`;
    const head = `{"level":"${level}","ts":"${timeText(time)}"${callerPart},"msg":${quote(text)}`;
    return [fields === '' ? `${head}}\n` : `${head},${fields}}\n`];
  },
};

interface Punctuation {
  readonly colon: string;
  readonly comma: string;
}

function encodeFields(fields: LogFields, punctuation: Punctuation): string {
  const parts: string[] = [];
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) parts.push(`${quote(key)}${punctuation.colon}${encodeValue(value, punctuation)}`);
  }
  return parts.join(punctuation.comma);
}

/** Fields whose objects contain spaces, same as the Collector's `resource`. Every other object is plain JSON. */
export class SpacedObject {
  readonly fields: LogFields;

  constructor(fields: LogFields) {
    this.fields = fields;
  }
}

function encodeValue(value: unknown, punctuation: Punctuation): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `"${goInfinity(value)}"`;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Error) return quote(value.message);
  if (value instanceof SpacedObject) return `{${encodeFields(value.fields, punctuation)}}`;
  try {
    return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? Number(inner) : inner)) ?? 'null';
  } catch (error) {
    return quote(`unprintable: ${(error as Error).message}`);
  }
}

function goInfinity(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

const plainText = /^[^"\\\p{Cc}\p{Cs}]*$/u;

/** Returns a JSON string in the form of the Collector's logger: control characters without a short form are `\u00XX`. */
function quote(text: string): string {
  if (plainText.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(/\\(\\|b|f|u(d[89a-f][0-9a-f]{2}))/g, (match, kind: string) => {
    if (kind === 'b') return '\\u0008';
    if (kind === 'f') return '\\u000c';
    return kind === '\\' ? match : '\\ufffd';
  });
}

let lastTime = Number.NaN;
let lastText = '';

/** Returns `2026-01-02T03:04:05.678Z`, or the local time with its offset (`+0200`) if the time zone of the process is not UTC. */
function timeText(time: Date): string {
  const milliseconds = time.getTime();
  if (milliseconds === lastTime) return lastText;
  lastTime = milliseconds;
  const offset = -time.getTimezoneOffset();
  if (offset === 0) {
    lastText = time.toISOString();
  } else {
    const minutes = Math.abs(offset);
    const two = (value: number) => String(value).padStart(2, '0');
    const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
    lastText = new Date(milliseconds + offset * 60_000).toISOString().replace('Z', zone);
  }
  return lastText;
}
