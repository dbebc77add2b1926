import { config, enumeration, extensionId, integer, list, optional, string, withoutEffect } from '#config/schema.ts';

/* Keys that clients over HTTP and gRPC share. */

const compressions = ['gzip', 'zlib', 'deflate', 'snappy', 'x-snappy-framed', 'zstd', 'lz4', 'none', ''] as const;
export type Compression = (typeof compressions)[number];

/** `compression`. */
export function compressionKey(fallback: Compression) {
  return enumeration({
    values: compressions,
    default: fallback,
    zero: '',
    refusal: (text) => `unsupported compression type ${JSON.stringify(text)}`,
  });
}

/** `auth`. */
export const authKey = () =>
  optional(
    config('configauth.Config', {
      authenticator: extensionId().describe('ID of an extension that adds credentials to requests.'),
    }),
  ).describe('Extension that authenticates requests.');

/** Sizes of buffers. */
export const bufferKeys = (writeBufferSize = 0) => ({
  read_buffer_size: withoutEffect(integer(0), 'Node.js manages the buffers'),
  write_buffer_size: withoutEffect(integer(writeBufferSize), 'Node.js manages the buffers'),
});

const middleware = config('configmiddleware.Config', { id: string() });
const noMiddlewares = 'there are no extensions that wrap a client';

/** Extensions that wrap a client. */
export const middlewareKeys = () => ({
  middlewares: withoutEffect(list(middleware), noMiddlewares),
  dialer_middleware: withoutEffect(optional(middleware), noMiddlewares),
});
