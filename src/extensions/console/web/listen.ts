import type { HttpServer } from '#http/http-server.ts';

/**
 * Binds the endpoint or, if its port is in use, one of the `tryPorts` following ports, or any free port.
 * @throws Error as `HttpServer.listen`, if nothing else may be tried
 */
export async function listenOnFreePort(
  server: HttpServer,
  { endpoint, tryPorts }: { readonly endpoint: string; readonly tryPorts: number },
): Promise<void> {
  const match = /^(.*):(\d+)$/.exec(endpoint);
  const port = Number(match?.[2]);
  for (let i = 0; ; i++) {
    const isLast = match === null || i > tryPorts;
    try {
      await server.listen(i === 0 ? endpoint : `${match![1]}:${isLast ? 0 : port + i}`);
      return;
    } catch (error) {
      const isInUse = (error as Error).message.includes('address already in use');
      if (!isInUse || tryPorts === 0 || isLast) throw error;
    }
  }
}
