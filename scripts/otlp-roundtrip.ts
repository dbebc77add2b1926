/**
 * Posts one OTLP metric and waits until a scrape returns it. Run by `helm test`.
 *
 *   otlp-roundtrip http://HOST:4318 http://HOST:8889/metrics [SECONDS]
 *
 * Exits with status 0 if a scrape returns the value. Otherwise, prints the reason and exits with status 1.
 */
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
  if (!otlp || !metrics) throw new Error('usage: otlp-roundtrip OTLP_URL METRICS_URL [SECONDS]');
  // A value that differs from those of earlier tests.
  const value = Date.now();
  await retried(() => post(value), `cannot post to ${otlp}`);
  await retried(() => scrape(value), `the metric did not come back from ${metrics}`);
  return `posted to ${otlp}, read back from ${metrics}`;
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
  const response = await fetch(new URL('/v1/metrics', otlp), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

async function scrape(value: number): Promise<void> {
  const response = await fetch(metrics!, { signal: AbortSignal.timeout(10_000) });
  const line = (await response.text()).split('\n').find((text) => text.startsWith('pitot_helm_test{'));
  if (Number(line?.split(' ').at(-1)) !== value)
    throw new Error(line ?? `${response.status}, no pitot_helm_test in it`);
}

/** Retries `attempt` every 0.5 s until the deadline. @throws Error with `failure` and the last reason */
async function retried(attempt: () => Promise<void>, failure: string): Promise<void> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() >= deadline) throw new Error(`${failure}: ${(error as Error).message}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
