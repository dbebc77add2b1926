import type { HttpClientConfig } from '#http-client/config.ts';
import type { RemoteWriteConfig } from './config.ts';

/** Default of `timeout`, ms. */
const defaultTimeout = 5_000;
/** Default of `max_batch_size_bytes`, which 0 stands for. */
const defaultBatchBytes = 3_000_000;

/** Returns the settings of the client. `timeout` next to `http` applies to both. */
export function clientOf({ http, ...config }: RemoteWriteConfig): HttpClientConfig {
  if (http === undefined) return config;
  return http.timeout === defaultTimeout ? { ...http, timeout: config.timeout } : http;
}

/** Returns the maximum size of a request in bytes. */
export function batchBytesOf({ maxBatchSizeBytes }: RemoteWriteConfig): number {
  return maxBatchSizeBytes || defaultBatchBytes;
}
