import type { Component, ComponentSettings, Host } from '#component/component.ts';
import type { StorageExtension } from '#component/extension.ts';
import type { SeriesRegistry } from '../../policy.ts';
import type { StreamTable } from '../streams/stream-table.ts';
import { DiskStateWriter } from './disk-state-writer.ts';
import { restoreState } from './restore.ts';

interface OpenStateOptions extends ComponentSettings {
  /** Id of the storage extension. */
  readonly storage: string;
  readonly processAttributes: ReadonlySet<string>;
  readonly streamExpirationMs: number;
  readonly registry: SeriesRegistry;
  /** Its epoch is that of a state which begins now. */
  readonly streams: StreamTable;
}

/** A stream that goes on unchanged is written again after this part of the time for which idle ones are remembered. */
const heardShare = 0.25;
const maxHeardIntervalMs = 600_000;

/**
 * Reads the totals and streams that are in storage, and gives the stateWriter that goes on writing them.
 * @throws Error when there is no such storage, or its rows cannot be read
 */
export function openState(
  host: Host,
  options: OpenStateOptions,
): { stateWriter: DiskStateWriter; epochUnixNano: bigint } {
  const { storage, id, clock, logger, registry, streams, processAttributes, streamExpirationMs } = options;
  const client = storageOf(host, storage).client(`exporter/${id}`);
  const began = clock.monotonic();
  const restored = restoreState({ client, clock, registry, streams });
  const epochUnixNano = restored.meta?.epochUnixNano ?? streams.epochUnixNano;
  const stateWriter = new DiskStateWriter({
    client,
    clock,
    processAttributes,
    heardIntervalMs: Math.min(streamExpirationMs * heardShare, maxHeardIntervalMs),
    epochUnixNano,
    lastSeriesId: restored.lastSeriesId,
    lastBlockId: restored.lastBlockId,
  });
  stateWriter.merged(restored.merged);
  logger.info('Totals read from storage', {
    storage,
    series: restored.seriesCount,
    streams: restored.streamCount,
    since: new Date(Number(epochUnixNano / 1_000_000n)).toISOString(),
    duration_ms: Math.round(clock.monotonic() - began),
  });
  return { stateWriter, epochUnixNano };
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
