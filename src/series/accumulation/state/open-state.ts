import type { Component, ComponentSettings, Host, Logger } from '#component/component.ts';
import type { StorageExtension } from '#component/extension.ts';
import { eventLoop } from '#flow/event-loop.ts';
import type { OwnShare, StoredRings } from '#sharding/own-share.ts';
import type { SeriesRegistry } from '../../policy.ts';
import { deltaStart } from '../streams/stream.ts';
import type { StreamTable } from '../streams/stream-table.ts';
import { DiskStateWriter } from './disk-state-writer.ts';
import { type Restored, restoreState } from './restore.ts';
import { NewerStateError } from './rows.ts';

interface OpenStateOptions extends ComponentSettings {
  /** ID of the storage extension; `''` if none is configured. */
  readonly storage: string;
  readonly processAttributes: ReadonlySet<string>;
  readonly streamExpirationMs: number;
  /** Fingerprint of the settings that determine series. */
  readonly fingerprint: string;
  readonly registry: SeriesRegistry;
  /** Its epoch is the current time until it is set to the state start in storage. */
  readonly streams: StreamTable;
  /** The share of a sharded pitot. Undefined if it owns all series. */
  readonly share: OwnShare | undefined;
}

/** Share of `stream_expiration` after which a stream without changes is written again. */
const seenShare = 0.25;
const maxSeenIntervalMs = 600_000;

const inMemoryOnly = 'Totals are in memory only, and a restart resets them';

/**
 * Reads the totals and streams in storage, and logs whether totals are on disk. Returns the state writer for changes,
 * or undefined if totals are in memory only.
 * @throws Error if there is no such storage, a later version of pitot wrote the state, or its rows cannot be read
 */
export async function openState(host: Host, options: OpenStateOptions): Promise<DiskStateWriter | undefined> {
  const { storage, id, clock, logger, streams, processAttributes, streamExpirationMs, fingerprint } = options;
  const extension = storage === '' ? undefined : storageOf(host, storage);
  if (extension === undefined) {
    logger.info(inMemoryOnly, {
      remedy:
        'set accumulation::storage to the ID of a file_storage extension; in the Helm chart, persistence.enabled=true with mode=statefulset',
    });
    return undefined;
  }
  if (extension.unavailable !== undefined) {
    logger.warn(inMemoryOnly, { storage, reason: extension.unavailable });
    return undefined;
  }
  const client = extension.client(`exporter/${id}`);
  const startedMs = clock.monotonic();
  const sources = [
    streams.tombstones,
    streams.tombstones.contents,
    streams.horizons,
    streams.earlyProcesses,
    streams.forkWindows,
  ];
  const restored = await named(extension, () => eventLoop.run(restoreState({ ...options, client, sources })));
  continueState(streams, restored, options);
  continueRings(restored, options);
  const stateWriter = new DiskStateWriter({
    client,
    clock,
    processAttributes,
    seenIntervalMs: Math.min(streamExpirationMs * seenShare, maxSeenIntervalMs),
    meta: {
      epochUnixNano: streams.epochUnixNano,
      isUnrecorded: streams.isUnrecorded,
      fingerprint,
      rings: options.share?.stored,
    },
    sources,
    lastSeriesId: restored.lastSeriesId,
    lastBlockId: restored.lastBlockId,
  });
  stateWriter.merged(restored.merged);
  if (restored.droppedSeries > 0) {
    logger.warn('Stored series of an earlier version exceed the limits on texts and lists; they are dropped', {
      series: restored.droppedSeries,
    });
  }
  logger.info('Totals are kept on disk', {
    storage,
    file: extension.location,
    series: restored.seriesCount,
    streams: restored.streamCount,
    tombstones: streams.tombstones.size,
    since: new Date(Number(streams.epochUnixNano / 1_000_000n)).toISOString(),
    duration_ms: Math.round(clock.monotonic() - startedMs),
  });
  return stateWriter;
}

/**
 * Sets the state start: the stored one, unless settings that determine series have changed since, or rows were lost.
 */
function continueState(streams: StreamTable, restored: Restored, { fingerprint, logger }: OpenStateOptions): void {
  const { earlyProcesses } = streams;
  const { meta, lostRows } = restored;
  const isSame = meta?.fingerprint === undefined || meta.fingerprint === fingerprint;
  const isComplete = lostRows === 0;
  // Version 1 did not store which processes were first seen early.
  streams.isUnrecorded = meta !== undefined && (meta.isUnrecorded || !isSame || !isComplete || meta.version === 1);
  if (meta && isSame && isComplete) {
    streams.epochUnixNano = meta.epochUnixNano;
    earlyProcesses.epochUnixMs = Number(meta.epochUnixNano / 1_000_000n);
    return;
  }
  if (!meta) return;
  earlyProcesses.clear();
  if (!isComplete) {
    logger.warn(
      'Records of the stored totals were corrupted: their series start again, and processes that started before now count only their growth',
      { records: lostRows },
    );
    return;
  }
  logger.info('Settings that shape series have changed: processes that started before now count only their growth', {
    stored_fingerprint: meta.fingerprint,
    fingerprint,
  });
  if (identifyingSettings(meta.fingerprint ?? '') === identifyingSettings(fingerprint)) return;
  // Under the former settings again, a process would continue from what it had sent before the change.
  for (const { streams: known } of restored.series) {
    for (const stream of known.all()) {
      if (stream.startTimeUnixNano !== deltaStart && stream.series.rule.useOf(stream) === 'count')
        streams.replace(stream);
    }
  }
  streams.tombstones.discardAll();
}

/** Returns the settings in a fingerprint that determine the identities of streams; see owner/series-fingerprint.ts. */
function identifyingSettings(fingerprint: string): string {
  try {
    const { processAttributes, resourceConstantLabels, resourceToTelemetryConversion } = JSON.parse(fingerprint);
    return JSON.stringify([processAttributes, resourceConstantLabels, resourceToTelemetryConversion]);
  } catch {
    return '';
  }
}

/** Continues the history of the rings, and discards streams that another pod has counted in the meantime. */
function continueRings({ meta, series }: Restored, { share, streams, clock, logger }: OpenStateOptions): void {
  if (!share) return;
  const now = BigInt(Math.floor(clock.now())) * 1_000_000n;
  if (meta === undefined) {
    // Without the history of the ring, other pods can have counted any process that started before.
    streams.isUnrecorded = !share.hasPrevious;
    return;
  }
  if (meta.rings !== undefined) {
    const { hasChanged, hasForgotten } = share.continue(meta.rings, now);
    if (hasChanged) warnOfChange(meta.rings, share, logger);
    if (hasForgotten) logger.info(forgotten, { ring: share.stored.endpoints });
  }
  for (const { position, streams: known } of series) {
    for (const stream of known.all()) {
      if (stream.startTimeUnixNano === deltaStart) continue;
      const gained = share.gainedAt(position, stream.startTimeUnixNano);
      if (gained !== undefined && stream.timeUnixNano < gained) streams.end(stream);
    }
  }
}

const forgotten =
  'The configuration does not list a previous ring any more: processes that started with it count only their growth from now on in series that come from other pods';

function warnOfChange({ endpoints }: StoredRings, share: OwnShare, logger: Logger): void {
  logger.warn(
    'The ring has changed: processes that started before count only their growth in series that come from other pods; list the ring under previous to count them without a gap',
    { from: endpoints, to: share.stored.endpoints },
  );
}

async function named(extension: StorageExtension, restore: () => Promise<Restored>): Promise<Restored> {
  try {
    return await restore();
  } catch (error) {
    const remedy =
      error instanceof NewerStateError
        ? '; run the version of pitot that wrote the file, or move it to start with empty totals'
        : '';
    throw new Error(`open ${extension.location}: ${(error as Error).message}${remedy}`);
  }
}

function storageOf(host: Host, id: string): StorageExtension {
  const extension = host.extension(id);
  if (!extension) throw new Error(`storage client extension '${id}' not found`);
  if (!isStorage(extension)) throw new Error(`non-storage extension '${id}' found`);
  return extension;
}

function isStorage(extension: Component): extension is StorageExtension {
  return 'client' in extension;
}
