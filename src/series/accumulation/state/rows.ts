import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/**
 * The rows of an exporter's state. `meta` names the layout; a change of any row's bytes needs another `layoutVersion`.
 *
 * | key | value |
 * |---|---|
 * | `meta` | layout version, epoch, time of the latest write |
 * | `s/<id>` | identity of a series, written once |
 * | `t/<id>` | its total |
 * | `p/<id>` | a page of streams |
 */
export const rowKeys = {
  meta: 'meta',
  identity: (id: number) => `s/${idText(id)}`,
  total: (id: number) => `t/${idText(id)}`,
  page: (id: number) => `p/${idText(id)}`,
} as const;

/** Prefixes for scanning. */
export const rowPrefixes = { identity: 's/', total: 't/', page: 'p/' } as const;

/** The number in a key. */
export function idOf(key: string): number {
  return Number.parseInt(key.slice(2), 36);
}

const layoutVersion = 1;

export interface Meta {
  /** When this state began, ns. */
  readonly epochUnixNano: bigint;
  /** When it was written last, ms since the epoch. */
  readonly writtenUnixMs: number;
}

export function writeMeta({ epochUnixNano, writtenUnixMs }: Meta, writer: ByteWriter): void {
  writer.uint(layoutVersion);
  writer.uint64(epochUnixNano);
  writer.double(writtenUnixMs);
}

/** Throws when the layout is another one. */
export function readMeta(reader: ByteReader): Meta {
  const version = reader.uint();
  if (version !== layoutVersion) throw new RangeError(`layout ${version} is not known`);
  return { epochUnixNano: reader.uint64(), writtenUnixMs: reader.double() };
}

/** As wide as 2^53 needs, so that keys are in the order of their numbers. */
function idText(id: number): string {
  return id.toString(36).padStart(11, '0');
}

/** The first number of a stream in a page. */
export const streamFlags = {
  /** The process attributes follow; otherwise they are those of the stream before. */
  hasProcess: 1,
  /** Deltas: there is no start time. */
  isDelta: 2,
} as const;
