import type { ComponentSettings, LogFields, Logger } from '#component/component.ts';
import { consoleEncoding } from '#telemetry/log-encoding.ts';
import { LogOutput } from '#telemetry/log-output.ts';

/** Destination of entries: the log of the process, or separate outputs. */
export interface EntryOutput {
  /** Opens the outputs. Rejects with an Error that names the path. */
  open(): Promise<void>;
  /** Returns whether entries are written, so that a caller can avoid building an entry that would be discarded. */
  isEnabled(): boolean;
  print(message: string | Uint8Array, fields?: LogFields): void;
  /** Resolves when all entries are written or dropped and files are closed. */
  close(): Promise<void>;
}

/** `use_internal_logger: true` */
export class InternalOutput implements EntryOutput {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  async open(): Promise<void> {}

  isEnabled(): boolean {
    return this.#logger.isEnabled('info');
  }

  print(message: string | Uint8Array, fields?: LogFields): void {
    this.#logger.print(message, fields);
  }

  async close(): Promise<void> {}
}

/**
 * `use_internal_logger: false`: entries without time, level, and resource. If an output is blocked and its buffer is full, entries are
 * dropped, and their bytes are counted by reason.
 */
export class OwnOutput implements EntryOutput {
  readonly #paths: readonly string[];
  readonly #settings: ComponentSettings;
  #outputs: LogOutput[] = [];

  constructor(paths: readonly string[], settings: ComponentSettings) {
    this.#paths = paths;
    this.#settings = settings;
  }

  async open(): Promise<void> {
    for (const path of this.#paths) {
      try {
        this.#outputs.push(new LogOutput({ path, onDrop: (bytes, reason) => this.#countDropped(bytes, reason) }));
      } catch (error) {
        await this.close();
        throw new Error(`couldn't open sink "${path}": ${(error as Error).message}`, { cause: error });
      }
    }
  }

  isEnabled(): boolean {
    return this.#outputs.length > 0;
  }

  print(message: string | Uint8Array, fields?: LogFields): void {
    const end = fields === undefined ? '\n' : `\t{${consoleEncoding.encodeFields(fields)}}\n`;
    const pieces = [message, end];
    for (const output of this.#outputs) output.gather(pieces);
  }

  async close(): Promise<void> {
    const outputs = this.#outputs;
    this.#outputs = [];
    await Promise.all(outputs.map((output) => output.close()));
  }

  #countDropped(bytes: number, reason: string): void {
    const { id, metrics } = this.#settings;
    const help = 'Total number of bytes of entries dropped because an output of the debug exporter was blocked.';
    metrics.counter('pitot_exporter_debug_dropped_bytes_total', help, { exporter: id, reason }).add(bytes);
  }
}
