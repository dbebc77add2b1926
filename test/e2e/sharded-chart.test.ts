import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { scraperHeaders } from '../support/bridge.ts';
import { ask } from '../support/http.ts';
import { deliver } from '../support/otlp-client.ts';
import { configFile, freePorts, startPitot, untilListening } from '../support/pitot.ts';
import { readRecording, servedTries } from '../support/recording.ts';
import { levelsOnSeveralPods, summed } from '../support/sharded-totals.ts';
import { readTextExposition } from '../support/text-exposition.ts';

/* The configuration that the chart renders for a number of pods (test/helm/render-golden.sh), in processes on this machine. */

const recording = readRecording('airflow-3.3');
/** Ports in the configuration: OTLP, owner, /metrics, own metrics, health. */
const numbers = [4317, 4318, 14317, 8889, 8888, 13133];
const podName = 'otel-collector-opentelemetry-collector';

function configurationOf(golden: string): string {
  const rendered = readFileSync(join(import.meta.dirname, '../helm/golden', golden), 'utf8');
  const manifests = parseAllDocuments(rendered).map((document) => document.toJS());
  return manifests.find((manifest) => manifest?.kind === 'ConfigMap').data.relay;
}

async function startPods(config: string, count: number) {
  const free = await freePorts(count * numbers.length);
  const pods = Array.from({ length: count }, (_, pod) => {
    const ports = new Map(numbers.map((number, index) => [number, free[pod * numbers.length + index]!]));
    return { name: `${podName}-${pod}`, ports };
  });
  return pods.map(({ name, ports }) => {
    let own = config.replaceAll('${env:OTEL_K8S_POD_NAME}.', `${name}.`);
    for (const pod of pods) {
      const endpoint = `127.0.0.1:${pod.ports.get(14317)}`;
      own = own.replaceAll(new RegExp(`${pod.name}\\.[^ ]*:14317`, 'g'), endpoint);
    }
    for (const [number, port] of ports)
      own = own.replaceAll(`:${number}`, `:${port}`).replace(`port: ${number}`, `port: ${port}`);
    own = own
      .replace('/var/lib/pitot', mkdtempSync(join(tmpdir(), 'pitot-chart-')))
      .replace('zero_first: true', 'zero_first: false');
    const env = {
      MY_POD_IP: '127.0.0.1',
      OTEL_K8S_NODE_NAME: 'n',
      OTEL_K8S_NODE_IP: '10.0.0.1',
      OTEL_K8S_NAMESPACE: 're',
    };
    const pitot = startPitot([`--config=${configFile(own)}`], {
      ...env,
      OTEL_K8S_POD_IP: '10.0.0.2',
      OTEL_K8S_POD_NAME: name,
    });
    return { pitot, ports };
  });
}

test.each([
  ['pitot-sharded-1.yaml', 1],
  ['pitot-sharded.yaml', 2],
  ['pitot-sharded-3.yaml', 3],
  ['pitot-sharded-4.yaml', 4],
])(
  '%s: %i pods share the series',
  async (golden, count) => {
    const pods = await startPods(configurationOf(golden), count);
    try {
      for (const { pitot, ports } of pods) await untilListening(pitot, [...ports.values()]);
      const size = Math.ceil(recording.requests.length / count);
      for (const [index, { ports }] of pods.entries()) {
        await deliver(ports.get(4318)!, recording.requests.slice(index * size, (index + 1) * size));
      }
      const scrape = async () => {
        const pages = pods.map(({ ports }) => ask(ports.get(8889)!, { path: '/metrics', headers: scraperHeaders }));
        return (await Promise.all(pages)).map(({ body }) => readTextExposition(body));
      };
      let shares = await scrape();
      const end = Date.now() + 30_000;
      const isComplete = () => isDeepStrictEqual(servedTries(shares.flat(), recording), recording.tries);
      while (!isComplete() && Date.now() < end) shares = await scrape();
      expect(servedTries(shares.flat(), recording)).toEqual(recording.tries);
      expect(levelsOnSeveralPods(shares.flat())).toEqual([]);
      for (const share of shares) expect(summed(share).size).toBeGreaterThan(0);
    } finally {
      await Promise.all(pods.map(({ pitot }) => pitot.stop('SIGKILL')));
    }
  },
  120_000,
);
