/**
 * The program of `helm test`: sends one OTLP metric, and waits until /metrics shows it.
 *
 *   otlp-roundtrip http://HOST:4318 [http://HOST:8889/metrics [SECONDS]]
 *
 * Without the second URL it only sends. Exits with status 0 on success, and with 1 and the reason otherwise.
 */
import { request } from 'node:http';

const [otlp, metrics, seconds = '30'] = process.argv.slice(2);
const deadline = Date.now() + Number(seconds) * 1000;

roundtrip().then(
  (message) => process.stdout.write(`${message}\n`),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);

async function roundtrip(): Promise<string> {
  if (!otlp) throw new Error('usage: otlp-roundtrip OTLP_URL [METRICS_URL [SECONDS]]');
  // A value that no earlier test has sent.
  const value = Date.now();
  await retried(async () => {
    // Sent again in every attempt: several pods may be behind one name, and the scrape reaches any of them.
    await post(value);
    if (metrics) await scrape(value);
  });
  return metrics ? `sent a metric to ${otlp}, and ${metrics} shows it` : `sent a metric to ${otlp}`;
}

async function post(value: number): Promise<void> {
  const point = { asDouble: value, timeUnixNano: `${Date.now()}000000`, attributes: [] };
  const body = {
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'helm-test' } }] },
        scopeMetrics: [{ scope: {}, metrics: [{ name: 'pitot_helm_test', gauge: { dataPoints: [point] } }] }],
      },
    ],
  };
  const { status, text } = await exchange(new URL('/v1/metrics', otlp), JSON.stringify(body));
  if (status !== 200) throw new Error(`cannot send to ${otlp}: ${status} ${text}`);
}

async function scrape(value: number): Promise<void> {
  const { status, text } = await exchange(new URL(metrics!));
  // The exporter's `namespace` is a prefix of the name.
  const line = text.split('\n').find((each) => /^(\w+_)?pitot_helm_test\b/.test(each));
  // A timestamp can follow the value.
  if (Number(line?.match(/ (\S+)( \d+)?$/)?.[1]) === value) return;
  const shown = line ?? `status ${status}, no pitot_helm_test`;
  throw new Error(`${metrics} does not show the metric that ${otlp} accepted (a filter may drop it): ${shown}`);
}

/** Sends one request on a new connection, so that a Service selects a pod for each. @throws Error after 5 s */
function exchange(url: URL, body?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(5_000);
    const sent = request(url, { agent: false, method, headers, signal }, async (response) => {
      try {
        let text = '';
        for await (const chunk of response.setEncoding('utf8')) text += chunk;
        resolve({ status: response.statusCode!, text });
      } catch (error) {
        reject(error);
      }
    });
    sent.on('error', (error) => reject(new Error(`cannot reach ${url}: ${error.message}`)));
    sent.end(body);
  });
}

/** Repeats the attempt every half second until it succeeds or the deadline has passed. */
async function retried(attempt: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
