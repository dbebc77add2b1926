import { z } from 'zod';

/** Requests as receivers read them. */
export const requestsSchema = z.strictObject({
  requests: z.array(
    z.strictObject({
      atMs: z.number().describe('Monotonic time of the arrival, ms.'),
      transport: z.enum(['http', 'grpc']),
      path: z.string().describe('Path over HTTP. For gRPC, the default path of the same signal.'),
      headers: z.record(z.string(), z.string()).describe('`content-type`, `content-encoding`, and `user-agent`.'),
      body: z.string().describe('The body as it arrived, with its content encoding, in base64.'),
    }),
  ),
  missed: z.number().describe('Number of requests that are too large or too many for the stream.'),
});
export type Requests = z.infer<typeof requestsSchema>;
