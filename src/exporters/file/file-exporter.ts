import { promisify } from 'node:util';
import { constants, type ZstdOptions, zstdCompress } from 'node:zlib';
import type { Component, ComponentSettings } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { withDeadline } from '#component/deadline.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';
import type { Signal, SignalData } from '#component/signals.ts';
import { ExporterHelper } from '#exporterhelper/exporter-helper.ts';
import { eventLoop } from '#flow/event-loop.ts';
import { Lane } from '#flow/lane.ts';
import type { Slices } from '#flow/slices.ts';
import { requestEncoders } from '#pdata/encode/request-encoders.ts';
import type { Resource } from '#pdata/metrics.ts';
import { type Splitter, splitters } from '#pdata/split/splitter.ts';
import { totalOf } from '#pdata/split/take-items.ts';
import type { FileExporterConfig } from './config.ts';
import { DroppedItems } from './dropped-items.ts';
import { groupParts } from './group-parts.ts';
import { OutputFiles } from './output-files.ts';

const compress = promisify(zstdCompress) as (data: Buffer, options: ZstdOptions) => Promise<Buffer>;

/** The data of one resource. */
type Part = { readonly resource: Resource };

type Encode<Data> = (data: Data) => Slices<Buffer | string>;

/** Files that the signals of one exporter share. They are open while at least one of them runs. */
interface SharedFiles {
  readonly files: OutputFiles;
  /** Keeps the order of requests. */
  readonly order: Lane;
  users: number;
}

/** Files by the configuration of their exporter. */
const sharedFiles = new WeakMap<FileExporterConfig, SharedFiles>();

/** Writes the data of one signal to a file, in the formats of the Collector's file exporter. */
export class FileExporter<S extends Signal> implements Component, Consumer<SignalData[S]> {
  readonly #config: FileExporterConfig;
  readonly #settings: ComponentSettings;
  readonly #splitter: Splitter<SignalData[S], Part>;
  readonly #helper: ExporterHelper<S>;
  readonly #encode: Encode<SignalData[S]>;
  readonly #dropped: DroppedItems;
  #shared: SharedFiles | undefined;

  constructor(signal: S, config: FileExporterConfig, settings: ComponentSettings) {
    this.#config = config;
    this.#settings = settings;
    this.#encode = requestEncoders[signal][config.format === 'proto' ? 'protobuf' : 'json'] as Encode<SignalData[S]>;
    this.#helper = new ExporterHelper<S>({
      signal,
      settings,
      send: (data) => this.#shared!.order.enter(() => this.#write(data)),
    });
    this.#splitter = splitters[signal] as unknown as Splitter<SignalData[S], Part>;
    this.#dropped = new DroppedItems(config.groupBy?.resourceAttribute ?? '', settings);
  }

  /** @throws Error of the file system, with the path */
  async start(): Promise<void> {
    const shared = sharedFiles.get(this.#config) ?? {
      files: new OutputFiles(this.#config, this.#settings.clock),
      order: new Lane(),
      users: 0,
    };
    sharedFiles.set(this.#config, shared);
    if (shared.users === 0) await shared.files.open();
    shared.users += 1;
    this.#shared = shared;
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    await this.#helper.shutdown(deadline);
    const shared = this.#shared;
    this.#shared = undefined;
    if (shared === undefined || --shared.users > 0) return;
    sharedFiles.delete(this.#config);
    await withDeadline(
      shared.order.enter(() => shared.files.close()),
      deadline,
    );
  }

  consume(data: SignalData[S], context: ClientContext): Promise<void> | undefined {
    return this.#helper.consume(data, context);
  }

  async #write(data: SignalData[S]): Promise<void> {
    const { path, groupBy } = this.#config;
    if (!groupBy?.enabled) return this.#writeTo(path, data);
    const splitter = this.#splitter;
    const { byPath, without } = groupParts(splitter.parts(data), {
      pattern: path,
      attribute: groupBy.resourceAttribute,
    });
    this.#dropped.add(totalOf(without, splitter.level));
    const problems: Error[] = [];
    for (const [file, parts] of byPath) {
      const group = splitter.build(parts, totalOf(parts, splitter.level));
      await this.#writeTo(file, group).catch((error: Error) => problems.push(error));
    }
    if (problems.length === 0) return;
    const message = problems.map((problem) => problem.message).join('; ');
    const canHelp = problems.some((problem) => problem instanceof RetryableError);
    throw canHelp ? new RetryableError(message) : new PermanentError(`Permanent error: ${message}`);
  }

  /** @throws RetryableError, or PermanentError if the path cannot exist */
  async #writeTo(path: string, data: SignalData[S]): Promise<void> {
    const encoded = await eventLoop.begin(this.#encode(data));
    const { format, compression, compressionParams } = this.#config;
    let piece = typeof encoded === 'string' ? Buffer.from(encoded) : encoded;
    if (compression === 'zstd') piece = await compress(piece, zstdOptions(compressionParams.level));
    const isLines = format === 'json' && compression === '';
    try {
      await this.#shared!.files.write(path, isLines ? Buffer.concat([piece, newline]) : withLength(piece));
    } catch (error) {
      const { message, code = '' } = error as NodeJS.ErrnoException;
      if (impossiblePaths.has(code)) throw new PermanentError(message, { cause: error });
      throw new RetryableError(message, { cause: error });
    }
  }
}

/** Codes of errors that a retry repeats: the attribute of a resource is not part of a path. */
const impossiblePaths: ReadonlySet<string> = new Set([
  'ENAMETOOLONG',
  'EINVAL',
  'ENOTDIR',
  'EISDIR',
  'EEXIST',
  'ERR_INVALID_ARG_VALUE',
]);

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
