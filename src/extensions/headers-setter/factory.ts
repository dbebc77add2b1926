import type { ExtensionFactory } from '#component/factory.ts';
import { type HeadersSetterConfig, headersSetterConfig } from './config.ts';
import { HeadersSetter } from './headers-setter.ts';

/** `headers_setter`: headers of outgoing requests, for example the tenant that the client named. */
export const headersSetterFactory: ExtensionFactory<HeadersSetterConfig> = {
  type: 'headers_setter',
  stability: 'Alpha',
  configSchema: headersSetterConfig,
  create: (config, { clock }) => new HeadersSetter(config, clock),
};
