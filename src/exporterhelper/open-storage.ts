import type { Component, ComponentSettings, Host } from '#component/component.ts';
import type { StorageClient, StorageExtension } from '#component/extension.ts';
import type { Signal } from '#component/signals.ts';

/**
 * Returns the store of a queue in the extension `storage`. Undefined if the extension stores nothing; the queue is then in memory, which is
 * logged.
 * @throws Error with the Collector's message if there is no such extension
 */
export function openStorage(
  storage: string,
  { settings, signal, host }: { readonly settings: ComponentSettings; readonly signal: Signal; readonly host: Host },
): StorageClient | undefined {
  const extension = host.extension(storage);
  if (!extension) throw new Error('no storage client extension found');
  if (!isStorage(extension)) throw new Error('requested extension is not a storage extension');
  if (extension.unavailable !== undefined) {
    settings.logger.warn('Storage unavailable; the sending queue is kept in memory', {
      storage,
      reason: extension.unavailable,
    });
    return undefined;
  }
  return extension.client(`queue/${settings.id}/${signal}`);
}

function isStorage(extension: Component): extension is StorageExtension {
  return 'client' in extension;
}
