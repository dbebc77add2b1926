import type { HttpServer } from '#http/http-server.ts';

/**
 * Binds the endpoint. If its port is in use, tries the `tryPorts` following ports, then any free port.
 * @throws Error of `HttpServer.listen` if no attempt is left
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
