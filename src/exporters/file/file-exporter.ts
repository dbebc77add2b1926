import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { constants, type ZstdOptions, zstdCompress } from 'node:zlib';
import type { Component, ComponentSettings } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { withDeadline } from '#component/deadline.ts';
import { RetryableError } from '#component/errors.ts';
import type { Signal, SignalData } from '#component/signals.ts';
import { ExporterHelper } from '#exporterhelper/exporter-helper.ts';
import { makeDirectory } from '#files/make-directory.ts';
import { eventLoop } from '#flow/event-loop.ts';
import { Lane } from '#flow/lane.ts';
import type { Slices } from '#flow/slices.ts';
import { requestEncoders } from '#pdata/encode/request-encoders.ts';
import { type FileExporterConfig, maxBytesOf } from './config.ts';
import { RotatedFile } from './rotated-file.ts';

const compress = promisify(zstdCompress) as (data: Buffer, options: ZstdOptions) => Promise<Buffer>;

type Encode<Data> = (data: Data) => Slices<Buffer | string>;

/** A file that the signals of one exporter share. It is open while at least one of them runs. */
interface SharedFile {
  readonly file: RotatedFile;
  /** Keeps the order of requests. */
  readonly order: Lane;
  users: number;
}

/** Files by the configuration of their exporter. */
const files = new WeakMap<FileExporterConfig, SharedFile>();

/** Writes the data of one signal to a file, in the formats of the Collector's file exporter. */
export class FileExporter<S extends Signal> implements Component, Consumer<SignalData[S]> {
  readonly #config: FileExporterConfig;
  readonly #settings: ComponentSettings;
  readonly #helper: ExporterHelper<S>;
  readonly #encode: Encode<SignalData[S]>;
  #shared: SharedFile | undefined;

  constructor(signal: S, config: FileExporterConfig, settings: ComponentSettings) {
    this.#config = config;
    this.#settings = settings;
    this.#encode = requestEncoders[signal][config.format === 'proto' ? 'protobuf' : 'json'] as Encode<SignalData[S]>;
    this.#helper = new ExporterHelper<S>({
      signal,
      settings,
      send: (data) => this.#shared!.order.enter(() => this.#write(data)),
    });
  }

  /** @throws Error of the file system, with the path */
  async start(): Promise<void> {
    const { path, createDirectory, directoryPermissions } = this.#config;
    const shared = files.get(this.#config) ?? { file: this.#createFile(), order: new Lane(), users: 0 };
    files.set(this.#config, shared);
    if (shared.users === 0) {
      if (createDirectory) makeDirectory(dirname(path), Number.parseInt(directoryPermissions, 8));
      await shared.file.open();
    }
    shared.users += 1;
    this.#shared = shared;
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    await this.#helper.shutdown(deadline);
    const shared = this.#shared;
    this.#shared = undefined;
    if (shared === undefined || --shared.users > 0) return;
    files.delete(this.#config);
    await withDeadline(
      shared.order.enter(() => shared.file.close()),
      deadline,
    );
  }

  consume(data: SignalData[S], context: ClientContext): Promise<void> | undefined {
    return this.#helper.consume(data, context);
  }

  async #write(data: SignalData[S]): Promise<void> {
    const encoded = await eventLoop.begin(this.#encode(data));
    const { format, compression, compressionParams } = this.#config;
    let piece = typeof encoded === 'string' ? Buffer.from(encoded) : encoded;
    if (compression === 'zstd') piece = await compress(piece, zstdOptions(compressionParams.level));
    const isLines = format === 'json' && compression === '';
    try {
      await this.#shared!.file.write(isLines ? Buffer.concat([piece, newline]) : withLength(piece));
    } catch (error) {
      throw new RetryableError((error as Error).message, { cause: error });
    }
  }

  #createFile(): RotatedFile {
    const { path, append, rotation } = this.#config;
    return new RotatedFile({
      path,
      continues: append || rotation !== undefined,
      maxBytes: maxBytesOf(this.#config),
      maxBackups: rotation?.maxBackups ?? 0,
      maxDays: rotation?.maxDays ?? 0,
      isLocalTime: rotation?.localtime ?? false,
      clock: this.#settings.clock,
    });
  }
}

const newline = Buffer.from('\n');

/** Puts the length before the bytes: four bytes, the highest first. */
function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Node.js has the levels 1 to 22 of zstd. */
function zstdOptions(level: number): ZstdOptions {
  const limited = Math.min(level <= 0 ? 3 : level, 22);
  return { params: { [constants.ZSTD_c_compressionLevel]: limited } };
}
