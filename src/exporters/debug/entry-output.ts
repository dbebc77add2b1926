import type { ComponentSettings, LogFields, Logger } from '#component/component.ts';
import { consoleEncoding } from '#telemetry/log-encoding.ts';
import { LogOutput } from '#telemetry/log-output.ts';

/** Where entries go: the log of the process, or outputs of the exporter's own. */
export interface EntryOutput {
  /** Opens what must be opened; rejects with an Error that names the path. */
  open(): Promise<void>;
  /** False when entries would be thrown away, so that building them can be spared. */
  isEnabled(): boolean;
  print(message: string | Uint8Array, fields?: LogFields): void;
  /** Resolves when everything was written or lost; files are closed. */
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
 * `use_internal_logger: false`: entries without time, level and resource; behaviour.md §3.2. An output that takes nothing
 * loses entries once its bounded buffer is full; the bytes lost are counted by reason.
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
    const help = 'Bytes of entries that an output of the debug exporter did not take.';
    metrics.counter('pitot_exporter_debug_dropped_bytes_total', help, { exporter: id, reason }).add(bytes);
  }
}
