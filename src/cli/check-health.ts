/** Default URL of `healthcheck`. */
export const defaultHealthUrl = 'http://127.0.0.1:13133/';

const timeoutMs = 5_000;

/**
 * Queries the health_check extension of a running collector, for a container's HEALTHCHECK.
 * @returns its response; rejects if it is unhealthy or does not respond
 */
export async function checkHealth(url: string): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const { message, cause } = error as Error;
    throw new Error(`${url} does not answer: ${cause instanceof Error ? cause.message : message}`);
  }
  const body = (await response.text()).slice(0, 4096).trim();
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${body}`);
  return body;
}
