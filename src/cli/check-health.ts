import { networkReason, requestHttp, withoutCredentials } from '#client/http-request.ts';

/** Default URL of `healthcheck`. */
export const defaultHealthUrl = 'http://127.0.0.1:13133/';

const timeoutMs = 5_000;
const maxText = 4_096;

/**
 * Queries the health_check extension of a running collector, for a container's HEALTHCHECK.
 * @returns its response; rejects if it is unhealthy or does not respond
 */
export async function checkHealth(text: string): Promise<string> {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error(`${text} is not a URL such as ${defaultHealthUrl}`);
  const shown = withoutCredentials(text);
  const { status, body } = await requestHttp(url, { timeoutMs }).catch((error: unknown) => {
    throw new Error(`${shown} does not answer: ${networkReason(error)}`);
  });
  const answer = body.toString('utf8', 0, maxText).trim();
  if (status < 200 || status > 299) throw new Error(`${shown} answers ${status}: ${answer}`);
  return answer;
}
