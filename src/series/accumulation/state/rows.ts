import type { StoredRings } from '#sharding/own-share.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/**
 * The rows of an exporter's state. `meta` contains the format's version; a change of any row's bytes requires another `stateVersion`.
 *
 * | key | value |
 * |---|---|
 * | `meta`, `meta/copy` | the same twice, because the other rows cannot be read without it: version, state start, time of the latest write, fingerprint of the settings that shape series, and with version 3 the rings of a sharded pitot |
 * | `s/<id>` | identity of a series, written once |
 * | `t/<id>` | its total |
 * | `p/<id>` | a block of streams |
 * | `x/<n>` | a block of tombstones |
 * | `h/<hash>` | horizon of a series |
 * | `e/<n>` | processes that were first seen within ten minutes after the state start |
 */
export const rowKeys = {
  meta: 'meta',
  metaCopy: 'meta/copy',
  identity: (id: number) => `s/${idText(id)}`,
  total: (id: number) => `t/${idText(id)}`,
  block: (id: number) => `p/${idText(id)}`,
} as const;

/** Prefixes for scans. */
export const rowPrefixes = { identity: 's/', total: 't/', block: 'p/' } as const;

/** Key of a row of a `RowSource`. */
export function rowKey(prefix: string, id: number): string {
  return prefix + idText(id);
}

/** Returns the number in a key. */
export function idOf(key: string): number {
  return Number.parseInt(key.slice(2), 36);
}

const stateVersion = 3;
/** Version of a state without rings, which pitot still writes, so that earlier versions can read it. */
const versionWithoutRings = 2;

/** Row that describes the state as a whole. */
export interface Meta {
  readonly version: number;
  /** State start, ns. */
  readonly epochUnixNano: bigint;
  /** Time of the latest write, ms since the Unix epoch. */
  readonly writtenUnixMs: number;
  /** Whether totals from before the state start can have been shown; see `StreamTable`. */
  readonly isUnrecorded: boolean;
  /** Fingerprint of the settings that determine series. Undefined in version 1. */
  readonly fingerprint: string | undefined;
  /** Whether it was written by a version whose receiver limits texts and lists. */
  readonly isLimited: boolean;
  /** The rings of a sharded pitot. Undefined before version 3, and without sharding. */
  readonly rings: StoredRings | undefined;
}

/** Writes the row in the lowest version that can hold it. */
export function writeMeta(meta: Omit<Meta, 'version' | 'isLimited'>, writer: ByteWriter): void {
  writer.uint(meta.rings ? stateVersion : versionWithoutRings);
  writer.uint64(meta.epochUnixNano);
  writer.double(meta.writtenUnixMs);
  writer.boolean(meta.isUnrecorded);
  writer.text(meta.fingerprint ?? '');
  writer.boolean(true);
  if (!meta.rings) return;
  writeTexts(meta.rings.endpoints, writer);
  writer.uint(meta.rings.previous.length);
  for (const { untilUnixNano, endpoints } of meta.rings.previous) {
    writer.uint64(untilUnixNano);
    writeTexts(endpoints, writer);
  }
  for (const { movedUnixNano = 0n } of meta.rings.previous) writer.uint64(movedUnixNano);
}

/** @throws NewerStateError if a later version of pitot wrote it */
export function readMeta(reader: ByteReader): Meta {
  const version = reader.uint();
  if (version > stateVersion) throw new NewerStateError(version);
  const times = { version, epochUnixNano: reader.uint64(), writtenUnixMs: reader.double() };
  if (version === 1)
    return { ...times, isUnrecorded: false, fingerprint: undefined, isLimited: false, rings: undefined };
  const state = { ...times, isUnrecorded: reader.boolean(), fingerprint: reader.text() };
  const isLimited = !reader.isAtEnd && reader.boolean();
  return { ...state, isLimited, rings: version < stateVersion ? undefined : readRings(reader) };
}

function readRings(reader: ByteReader): StoredRings {
  const endpoints = readTexts(reader);
  const previous: { endpoints: readonly string[]; untilUnixNano: bigint }[] = [];
  for (let left = reader.uint(); left > 0; left--) {
    previous.push({ untilUnixNano: reader.uint64(), endpoints: readTexts(reader) });
  }
  const moved = previous.map((ring) => (reader.isAtEnd ? ring.untilUnixNano : reader.uint64()));
  return {
    endpoints,
    previous: previous.map((ring, index) => ({ ...ring, movedUnixNano: moved[index] || undefined })),
  };
}

function writeTexts(texts: readonly string[], writer: ByteWriter): void {
  writer.uint(texts.length);
  for (const text of texts) writer.text(text);
}

function readTexts(reader: ByteReader): string[] {
  const texts: string[] = [];
  for (let left = reader.uint(); left > 0; left--) texts.push(reader.text());
  return texts;
}

/** The state has a format of a later version of pitot. */
export class NewerStateError extends Error {
  constructor(version: number) {
    super(`format ${version} of the totals is not supported (supported: up to ${stateVersion})`);
  }
}

/** Returns an ID as text with as many digits as 2^53 requires, so that keys are in numeric order. */
function idText(id: number): string {
  return id.toString(36).padStart(11, '0');
}

/** The first number of a stream in a block. */
export const streamFlags = {
  /** The process follows. Otherwise, it is that of the previous stream. */
  hasProcess: 1,
  /** There is no start time: see `deltaStart`. */
  isDelta: 2,
} as const;
