import type { ExtensionFactory } from '#component/factory.ts';
import { type FileStorageConfig, fileStorageConfig } from './config.ts';
import { FileStorage } from './file-storage.ts';

export const fileStorageFactory: ExtensionFactory<FileStorageConfig> = {
  type: 'file_storage',
  stability: 'Beta',
  configSchema: fileStorageConfig,
  create: (config, settings) => new FileStorage(config, settings),
};
