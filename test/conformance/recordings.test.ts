import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ask } from '../support/http.ts';
import { configFile, freePorts, startPitot, untilListening } from '../support/pitot.ts';

const recordings = join(import.meta.dirname, '../fixtures/recordings');
/** Recordings with the Collector's answers. */
const names = readdirSync(recordings, { withFileTypes: true }).filter(({ name }) =>
  existsSync(join(recordings, name, 'expect.metrics.txt')),
);

interface RecordedRequest {
  readonly file: string;
  readonly path: string;
  readonly headers: Record<string, string>;
}

test.each(names.map((entry) => entry.name))(
  '%s: equals the Collector byte for byte after real Airflow traffic',
  async (name) => {
    const folder = join(recordings, name);
    const [otlp, metrics] = (await freePorts(2)) as [number, number];
    const seed = readFileSync(join(import.meta.dirname, '../../config/seed.yaml'), 'utf8');
    const config = seed.replace('0.0.0.0:4318', `127.0.0.1:${otlp}`).replace('0.0.0.0:8889', `127.0.0.1:${metrics}`);
    const pitot = startPitot([`--config=${configFile(config)}`, '--set=service.telemetry.metrics.level=none']);
    try {
      await untilListening(pitot, [otlp, metrics]);
      const lines = readFileSync(join(folder, 'index.jsonl'), 'utf8').trimEnd().split('\n');
      for (const line of lines) {
        const { file, path, headers }: RecordedRequest = JSON.parse(line);
        const answer = await ask(otlp, { method: 'POST', path, headers, body: readFileSync(join(folder, file)) });
        expect(answer.status).toBe(200);
      }
      const page = await ask(metrics, { path: '/metrics' });
      expect(page.body.toString('latin1')).toBe(readFileSync(join(folder, 'expect.metrics.txt'), 'latin1'));
    } finally {
      await pitot.stop();
    }
  },
);
