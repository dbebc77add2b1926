import { config, parseConfig } from '#config/schema.ts';
import { type HttpClientConfig, httpClientShape } from './config.ts';

/** Returns the settings of a client that has only some of them; the others have their defaults. */
export function plainClientConfig(settings: Partial<HttpClientConfig>): HttpClientConfig {
  const parsed = parseConfig(config('confighttp.ClientConfig', httpClientShape()), {});
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return { ...parsed.value, ...settings };
}
