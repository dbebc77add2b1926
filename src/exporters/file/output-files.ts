import { dirname } from 'node:path';
import type { Clock } from '#component/component.ts';
import { makeDirectory } from '#files/make-directory.ts';
import { type FileExporterConfig, isGrouped, maxBytesOf, permissionsOf } from './config.ts';
import { RotatedFile } from './rotated-file.ts';

/** Maximum number of files whose names are remembered. Further files are always continued. */
const maxKnownPaths = 10_000;

/**
 * The files of an exporter: one or, with `group_by`, one for each path, of which `max_open_files` are open. A file that is opened again is
 * continued. Only one operation may run at a time.
 */
export class OutputFiles {
  readonly #config: FileExporterConfig;
  readonly #clock: Clock;
  /** The file that was used last is last. */
  readonly #open = new Map<string, RotatedFile>();
  /** Paths that this process has opened. */
  readonly #known = new Set<string>();

  constructor(config: FileExporterConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
  }

  /** Opens the only file. With `group_by`, files are opened when they are needed. @throws Error of the file system, with the path */
  async open(): Promise<void> {
    if (!isGrouped(this.#config)) await this.#fileOf(this.#config.path);
  }

  /** Resolves when the piece is in the file. @throws Error of the file system */
  async write(path: string, piece: Buffer): Promise<void> {
    const file = await this.#fileOf(path);
    await file.write(piece);
  }

  async close(): Promise<void> {
    for (const file of this.#open.values()) await file.close();
    this.#open.clear();
    this.#known.clear();
  }

  async #fileOf(path: string): Promise<RotatedFile> {
    const known = this.#open.get(path);
    if (known) {
      this.#open.delete(path);
      this.#open.set(path, known);
      return known;
    }
    const file = this.#create(path);
    if (this.#config.createDirectory || isGrouped(this.#config)) {
      makeDirectory(dirname(path), permissionsOf(this.#config));
    }
    await this.#closeOldest();
    await file.open();
    this.#open.set(path, file);
    if (this.#known.size < maxKnownPaths) this.#known.add(path);
    return file;
  }

  async #closeOldest(): Promise<void> {
    const limit = isGrouped(this.#config) ? this.#config.groupBy!.maxOpenFiles : 1;
    for (const [path, file] of this.#open) {
      if (this.#open.size < limit) return;
      this.#open.delete(path);
      await file.close();
    }
  }

  #create(path: string): RotatedFile {
    const { append } = this.#config;
    // Same as in the Collector, files of groups are not rotated.
    const rotation = isGrouped(this.#config) ? undefined : this.#config.rotation;
    const isContinued = append || rotation !== undefined || this.#known.has(path) || this.#known.size >= maxKnownPaths;
    return new RotatedFile({
      path,
      continues: isContinued,
      maxBytes: rotation ? maxBytesOf(rotation) : Number.POSITIVE_INFINITY,
      maxBackups: rotation?.maxBackups ?? 0,
      maxDays: rotation?.maxDays ?? 0,
      isLocalTime: rotation?.localtime ?? false,
      clock: this.#clock,
    });
  }
}
