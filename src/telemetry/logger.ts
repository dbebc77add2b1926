import type { Clock, LogFields, Logger, LogLevel } from '#component/component.ts';
import { consoleEncoding, jsonEncoding, type LogEncoding, SpacedObject } from './log-encoding.ts';
import { LogOutput } from './log-output.ts';
import { LogSampler, type LogSampling } from './log-sampler.ts';
import { RecentEntries } from './recent-entries.ts';
import { isForPerson, terminalEncoding } from './terminal-encoding.ts';
import { WarningSummary } from './warning-summary.ts';

/** Settings of the log, `service.telemetry.logs`. */
export interface LogSettings {
  readonly level: LogLevel | 'none';
  readonly encoding: 'console' | 'json';
  readonly disableCaller: boolean;
  /** If absent, every entry is written. */
  readonly sampling: LogSampling | undefined;
  /** `stdout`, `stderr`, file paths. */
  readonly outputPaths: readonly string[];
  readonly initialFields: LogFields;
  /** Attributes of the resource. If absent, entries have no `resource` field. */
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

/** The component of a logger. Entries contain its fields in this order. */
export interface LoggerScope {
  readonly id: string;
  readonly kind: 'receiver' | 'processor' | 'exporter' | 'connector' | 'extension';
  readonly pipeline?: string;
  readonly signal?: string;
}

interface LogSinkOptions {
  readonly clock: Clock;
  /** Called for entries that an output dropped. */
  onDrop?(bytes: number, reason: string): void;
}

const ranks: Readonly<Record<LogLevel | 'none', number>> = { debug: 0, info: 1, warn: 2, error: 3, none: 4 };

/**
 * The log of a service. It is opened with its settings, creates a logger for each component, and is closed last. A reload can change
 * its settings; existing loggers remain valid.
 */
export class Log {
  readonly #clock: Clock;
  readonly #onDrop: LogSinkOptions['onDrop'];
  #state: LogState;
  /** Warnings and errors, including those that sampling or the level omits. */
  readonly recent: RecentEntries;
  /** The logger for entries that belong to no component. */
  readonly root: Logger;

  /** @throws Error when an output cannot be opened */
  constructor(settings: LogSettings, { clock, onDrop }: LogSinkOptions) {
    this.#clock = clock;
    this.#onDrop = onDrop;
    this.#state = this.#open(settings);
    this.recent = new RecentEntries(clock);
    this.root = this.#logger({});
  }

  /**
   * Applies other settings.
   * @throws Error if an output cannot be opened; the previous settings then remain active
   */
  async reconfigure(settings: LogSettings): Promise<void> {
    const old = this.#state;
    this.#state = this.#open(settings);
    old.summary?.stop();
    await Promise.all(old.outputs.map((output) => output.close()));
  }

  forComponent(scope: LoggerScope): Logger {
    return this.#logger({
      'otelcol.component.id': scope.id,
      'otelcol.component.kind': scope.kind,
      'otelcol.pipeline.id': scope.pipeline,
      'otelcol.signal': scope.signal,
    });
  }

  /** Resolves when all entries so far are written or dropped. */
  async flush(): Promise<void> {
    await Promise.all(this.#state.outputs.map((output) => output.flush()));
  }

  /** Writes pending entries and closes files. The log must not be used afterwards. */
  async close(): Promise<void> {
    this.#state.summary?.end();
    await Promise.all(this.#state.outputs.map((output) => output.close()));
  }

  #open(settings: LogSettings): LogState {
    const { encoding, sampling, outputPaths, initialFields, resource } = settings;
    const isPerson = encoding === 'console' && isForPerson(outputPaths);
    const isColored = !process.env.NO_COLOR;
    return {
      settings,
      encoding: encoding === 'json' ? jsonEncoding : isPerson ? terminalEncoding({ isColored }) : consoleEncoding,
      summary: isPerson ? this.#summary() : undefined,
      sampler: sampling && new LogSampler(sampling),
      outputs: outputPaths.map((path) => new LogOutput(this.#onDrop ? { path, onDrop: this.#onDrop } : { path })),
      fields: {
        ...sortedByKey(initialFields),
        ...(resource && { resource: new SpacedObject(sortedByKey(resource)) }),
      },
    };
  }

  /** Repeats warnings for a person. */
  #summary(): WarningSummary {
    return new WarningSummary({
      entries: () => this.recent.entries,
      write: (message) => this.#write({ level: 'warn', message, fields: undefined, contextOf: () => '' }),
    });
  }

  #logger(scope: LogFields): Logger {
    let encodedFor: LogState | undefined;
    let context = '';
    /** Fields of every entry, encoded once for each set of settings. */
    const contextOf = (state: LogState) => {
      if (encodedFor !== state) {
        context = state.encoding.encodeFields({ ...state.fields, ...scope });
        encodedFor = state;
      }
      return context;
    };
    const component = String(scope['otelcol.component.id'] ?? '');
    const isEnabled = (level: LogLevel) => ranks[level] >= ranks[this.#state.settings.level];
    const log = (level: LogLevel) => {
      const logAt = (message: string, fields?: LogFields) => {
        if (ranks[level] >= ranks.warn) this.recent.add(level, message, { component, fields: fields ?? {} });
        if (isEnabled(level)) this.#write({ level, message, fields, contextOf, calledFrom: logAt });
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
        if (isEnabled('info')) this.#write({ level: 'info', message, fields, contextOf, mayWait: true });
      },
    };
  }

  #write({ level, message, fields, contextOf, calledFrom, mayWait }: Entry): void {
    const state = this.#state;
    // Encode a large text once, for the sampler's hash and for the output.
    const body = typeof message === 'string' && message.length > 1024 ? Buffer.from(message, 'utf8') : message;
    if (state.sampler && !state.sampler.accepts(level, body, this.#clock.monotonic())) return;
    state.summary?.wrote(ranks[level] >= ranks.warn, body);
    const own = fields ? state.encoding.encodeFields(fields) : '';
    const pieces = state.encoding.encode({
      time: new Date(this.#clock.now()),
      level,
      caller: calledFrom && !state.settings.disableCaller ? callerOf(calledFrom) : undefined,
      message: body,
      fields: state.encoding.joinFields(contextOf(state), own),
    });
    for (const output of state.outputs) {
      if (mayWait) output.gather(pieces);
      else output.write(pieces);
    }
  }
}

/** Objects that depend on one set of settings. */
interface LogState {
  readonly settings: LogSettings;
  readonly encoding: LogEncoding;
  /** Only if the log is for a person. */
  readonly summary: WarningSummary | undefined;
  readonly sampler: LogSampler | undefined;
  readonly outputs: readonly LogOutput[];
  /** Fields of every entry of every logger. */
  readonly fields: LogFields;
}

interface Entry {
  readonly level: LogLevel;
  readonly message: string | Uint8Array;
  readonly fields: LogFields | undefined;
  contextOf(state: LogState): string;
  /** The function of the logger that was called; the entry names its caller. If absent, the entry has no caller. */
  readonly calledFrom?: (...args: never[]) => void;
  /** One of many entries, which may be written with a delay. */
  readonly mayWait?: boolean;
}

function sortedByKey(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Returns `folder/file.ts:line` of the caller of `logged`. Takes a few microseconds, after sampling. */
function callerOf(logged: (...args: never[]) => void): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  const trace: { stack?: string } = {};
  Error.captureStackTrace(trace, logged);
  Error.stackTraceLimit = limit;
  const place = /([^/\\(]+[/\\][^/\\]+|[^/\\(\s]+):(\d+):\d+\)?$/.exec(trace.stack ?? '');
  return place ? `${place[1]}:${place[2]}` : 'unknown';
}
