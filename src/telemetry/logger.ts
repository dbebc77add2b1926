import type { Clock, LogFields, Logger, LogLevel } from '../component/component.ts';
import { consoleEncoding, jsonEncoding, type LogEncoding, SpacedObject } from './log-encoding.ts';
import { LogOutput } from './log-output.ts';
import { LogSampler, type LogSampling } from './log-sampler.ts';

/** Settings of the log, `service.telemetry.logs` (behaviour.md §4.9). */
export interface LogSettings {
  readonly level: LogLevel | 'none';
  readonly encoding: 'console' | 'json';
  readonly disableCaller: boolean;
  /** Absent: every entry is written. */
  readonly sampling: LogSampling | undefined;
  /** `stdout`, `stderr`, file paths. */
  readonly outputPaths: readonly string[];
  readonly initialFields: LogFields;
  /** Attributes of the resource; absent: entries carry no `resource` field. */
  readonly resource: Readonly<Record<string, string>> | undefined;
}

export const defaultLogSettings: LogSettings = {
  level: 'info',
  encoding: 'console',
  disableCaller: false,
  sampling: { tick: 10_000, initial: 10, thereafter: 100 },
  outputPaths: ['stderr'],
  initialFields: {},
  resource: undefined,
};

/** The component that a logger belongs to; shown in this order in every entry. */
export interface LoggerScope {
  readonly id: string;
  readonly kind: 'receiver' | 'processor' | 'exporter' | 'connector' | 'extension';
  readonly pipeline?: string;
  readonly signal?: string;
}

interface LogSinkOptions {
  readonly clock: Clock;
  /** Told about entries that an output did not take. */
  onDrop?(bytes: number, reason: string): void;
}

const ranks: Readonly<Record<LogLevel | 'none', number>> = { debug: 0, info: 1, warn: 2, error: 3, none: 4 };

/** The log of a service: opened with its settings, asked for one logger for each component, closed at the end. */
export class Log {
  readonly #settings: LogSettings;
  readonly #encoding: LogEncoding;
  readonly #sampler: LogSampler | undefined;
  readonly #outputs: readonly LogOutput[];
  readonly #clock: Clock;
  /** The logger of what belongs to no component. */
  readonly root: Logger;

  /** @throws Error when an output can't be opened */
  constructor(settings: LogSettings, { clock, onDrop }: LogSinkOptions) {
    this.#settings = settings;
    this.#encoding = settings.encoding === 'json' ? jsonEncoding : consoleEncoding;
    this.#sampler = settings.sampling && new LogSampler(settings.sampling);
    this.#clock = clock;
    this.#outputs = settings.outputPaths.map((path) => new LogOutput(onDrop ? { path, onDrop } : { path }));
    this.root = this.#logger({});
  }

  forComponent(scope: LoggerScope): Logger {
    return this.#logger({
      'otelcol.component.id': scope.id,
      'otelcol.component.kind': scope.kind,
      'otelcol.pipeline.id': scope.pipeline,
      'otelcol.signal': scope.signal,
    });
  }

  /** Resolves when everything logged so far was handed to the system or lost. */
  async flush(): Promise<void> {
    await Promise.all(this.#outputs.map((output) => output.flush()));
  }

  /** Writes what is pending and closes files. Nothing may be logged afterwards. */
  async close(): Promise<void> {
    await Promise.all(this.#outputs.map((output) => output.close()));
  }

  #logger(scope: LogFields): Logger {
    const { initialFields, resource, level: threshold } = this.#settings;
    const initial = Object.fromEntries(Object.entries(initialFields).sort(([a], [b]) => (a < b ? -1 : 1)));
    const context = this.#encoding.encodeFields({
      ...initial,
      ...(resource && { resource: new SpacedObject(sortedByKey(resource)) }),
      ...scope,
    });
    const isEnabled = (level: LogLevel) => ranks[level] >= ranks[threshold];
    const log = (level: LogLevel) => {
      const logAt = (message: string, fields?: LogFields) => {
        if (isEnabled(level)) this.#write({ level, message, fields, context, calledFrom: logAt });
      };
      return logAt;
    };
    return {
      debug: log('debug'),
      info: log('info'),
      warn: log('warn'),
      error: log('error'),
      isEnabled,
      print: (message, fields) => {
        if (isEnabled('info')) this.#write({ level: 'info', message, fields, context });
      },
    };
  }

  #write({ level, message, fields, context, calledFrom }: Entry): void {
    // A large text is encoded once, for the sampler's hash and for the output.
    const body = typeof message === 'string' && message.length > 1024 ? Buffer.from(message, 'utf8') : message;
    if (this.#sampler && !this.#sampler.accepts(level, body, this.#clock.monotonic())) return;
    const own = fields ? this.#encoding.encodeFields(fields) : '';
    const pieces = this.#encoding.encode({
      time: new Date(this.#clock.now()),
      level,
      caller: calledFrom && !this.#settings.disableCaller ? callerOf(calledFrom) : undefined,
      message: body,
      fields: this.#encoding.joinFields(context, own),
    });
    for (const output of this.#outputs) output.write(pieces);
  }
}

interface Entry {
  readonly level: LogLevel;
  readonly message: string | Uint8Array;
  readonly fields: LogFields | undefined;
  readonly context: string;
  /** The function of the logger that was called; its caller is shown. Absent: no caller. */
  readonly calledFrom?: (...args: never[]) => void;
}

function sortedByKey(fields: Readonly<Record<string, string>>): LogFields {
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `folder/file.ts:line` of whoever called `logged`. Costs a few microseconds, after sampling. */
function callerOf(logged: (...args: never[]) => void): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  const trace: { stack?: string } = {};
  Error.captureStackTrace(trace, logged);
  Error.stackTraceLimit = limit;
  const place = /([^/\\(]+[/\\][^/\\]+|[^/\\(\s]+):(\d+):\d+\)?$/.exec(trace.stack ?? '');
  return place ? `${place[1]}:${place[2]}` : 'unknown';
}
