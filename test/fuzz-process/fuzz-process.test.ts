import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Target } from '../attack/target.ts';
import { transportsOf } from '../attack/transports.ts';
import { mutatedBytes } from '../fuzz/mutate-bytes.ts';
import { metricsRequest } from '../fuzz/otlp-schema.ts';
import { Random } from '../fuzz/random.ts';
import { variedMessage } from '../fuzz/vary-message.ts';
import { writtenJson } from '../fuzz/write-json.ts';
import { ask } from '../support/http.ts';
import { readPackedRequests } from '../support/packed-recording.ts';
import { parseExposition } from '../support/parse-exposition.ts';

/*
 * Varied and broken requests in every encoding, sent to the bundle for FUZZ_SECONDS (20 by default), some at a time. FUZZ_SEED repeats a run.
 */

const seconds = Number(process.env.FUZZ_SECONDS ?? 20);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1e9);
const program = join(import.meta.dirname, '../../dist');
/** Requests between two looks at the output. */
const batch = 200;
const inFlight = 4;

let target: Target;
beforeAll(async () => {
  target = await Target.start({ program, mebibytes: 512, hasStorage: true, adjust: openMetrics });
});
afterAll(() => target?.remove());

test(
  'no request ends the process, and its output can always be parsed',
  async () => {
    const random = new Random(seed);
    const bodies = readPackedRequests('airflow-3.1').map(({ body }) => body);
    const resident: number[] = [];
    const answers = new Map<string, number>();
    const endMs = Date.now() + seconds * 1000;
    let sent = 0;
    while (Date.now() < endMs) {
      const requests = Array.from({ length: batch }, () => requestOf(random, bodies));
      const next = requests[Symbol.iterator]();
      const worker = async () => {
        for (const { format, body, place } of next) {
          const kind = { name: 'fuzz', signal: 'metrics' as const, format, body: () => body };
          const transports = transportsOf(kind);
          const answer = await transports[place % transports.length]!.send(target.ports, kind, body).catch(String);
          answers.set(answer, (answers.get(answer) ?? 0) + 1);
        }
      };
      await Promise.all(Array.from({ length: inFlight }, worker));
      sent += batch;
      expect(target.isRunning, `seed ${seed}\n${target.output.slice(-2_000)}`).toBe(true);
      for (const [accept, dialect] of formats) {
        const page = await ask(target.ports.page, { path: '/metrics', headers: { accept } });
        expect([page.status, seed]).toEqual([200, seed]);
        expect(problemOf(page.body.toString('latin1'), dialect), `seed ${seed}`).toBeUndefined();
      }
      resident.push(target.resident());
    }
    console.log(`fuzz: seed ${seed}, ${sent} requests, answers ${JSON.stringify(Object.fromEntries(answers))}`);
    expect(answers.get('200')).toBeGreaterThan(0);
    const mebibytes = resident.map((bytes) => Math.round(bytes / 2 ** 20));
    console.log(`fuzz: memory ${mebibytes[0]} MiB, ${mebibytes[mebibytes.length >> 1]} MiB, ${mebibytes.at(-1)} MiB`);
    expect(mebibytes.at(-1)).toBeLessThan(450);
  },
  seconds * 1000 + 300_000,
);

const formats = [
  ['text/plain', 'text'],
  ['application/openmetrics-text; version=1.0.0', 'openmetrics'],
] as const;

/** Prometheus accepts a gauge `x` next to a counter `x_total`, both of which OpenMetrics calls `x`. */
function problemOf(page: string, dialect: 'text' | 'openmetrics'): string | undefined {
  try {
    parseExposition(page, dialect);
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    return dialect === 'openmetrics' && message.startsWith('twice: ') ? undefined : message;
  }
}

function requestOf(random: Random, bodies: readonly Buffer[]) {
  const varied = variedMessage(metricsRequest, bodies[random.below(bodies.length)]!, random);
  const place = random.below(1_000);
  const json = random.oneIn(4);
  const body = json ? inJson(varied, random) : varied;
  const format: 'json' | 'protobuf' = json ? 'json' : 'protobuf';
  return { place, format, body: random.oneIn(3) ? mutatedBytes(body, random) : body };
}

function inJson(body: Buffer, random: Random): Buffer {
  const message = metricsRequest.toObject(metricsRequest.decode(body), { longs: String });
  return writtenJson(metricsRequest, message, random);
}

// biome-ignore lint/suspicious/noExplicitAny: a configuration is whatever YAML says.
function openMetrics(config: Record<string, any>): void {
  config.exporters.prometheus.enable_open_metrics = true;
}
