/**
 * Measures the table of docs/sizing.md: the number of series that fit into a pod of the chart. Starts the bundle with the settings that
 * the chart derives from a memory limit (preset airflow, persistence), sends batches of new counter series until the memory limiter
 * refuses one, and scrapes after every `batchesPerScrape` batches.
 *
 *   npm run sizing [-- 256 512]      (memory limits in MiB; one minute per 256)
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batchBodies } from '../bench/load/bodies.ts';
import { scrape } from '../bench/load/scrape.ts';
import { configFile, freePorts } from '../test/support/pitot.ts';

const limits = process.argv.slice(2).map(Number);
const program = new URL('../dist/otelcol-contrib', import.meta.url).pathname;
/** Memory of the program itself, MiB. It counts if the limit is a percentage. */
const programMib = 55;
/** Number of batches between two scrapes. A batch has 1,000 new series. */
const batchesPerScrape = 100;

interface Measured {
  readonly series: number;
  readonly residentMib: number;
  readonly pageMb: number;
  readonly stateMib: number;
}

console.log('| memory limit | series | resident MiB | page MB | volume MiB |');
console.log('|---|---|---|---|---|');
for (const limitMib of limits.length > 0 ? limits : [256, 512]) {
  const { series, residentMib, pageMb, stateMib } = await fill(limitMib);
  const cells = [`${limitMib}Mi`, series.toLocaleString('en'), residentMib, pageMb.toFixed(1), stateMib];
  console.log(`| ${cells.join(' | ')} |`);
}

/** Sends new series to a pitot with this memory limit until it refuses a batch. */
async function fill(limitMib: number): Promise<Measured> {
  const directory = mkdtempSync(join(tmpdir(), 'pitot-sizing-'));
  const [otlp, page] = (await freePorts(2)) as [number, number];
  const config = configFile({
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${otlp}` } } } },
    // The chart's percentages, applied to `limitMib` instead of this container's limit.
    processors: {
      memory_limiter: {
        check_interval: '5s',
        limit_mib: Math.floor(limitMib * 0.8) - programMib,
        spike_limit_mib: Math.floor(limitMib * 0.25),
      },
    },
    exporters: {
      prometheus: { endpoint: `127.0.0.1:${page}`, accumulation: { enabled: true, storage: 'file_storage' } },
    },
    extensions: { file_storage: { directory } },
    service: {
      extensions: ['file_storage'],
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp'], processors: ['memory_limiter'], exporters: ['prometheus'] } },
    },
  });
  const heap = `--max-old-space-size=${Math.floor(limitMib * 0.6)} --max-semi-space-size=16`;
  const child = spawn(program, [`--config=${config}`], {
    stdio: 'ignore',
    env: { ...process.env, NODE_OPTIONS: heap },
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  try {
    await answering(page);
    let series = 0;
    for (const body of batchBodies({ kind: 'counter', batches: 10_000, metrics: 10, points: 100, step: 100 })) {
      if ((await post(otlp, body)) !== 200) break;
      series += 1000;
      if ((series / 1000) % batchesPerScrape === 0) await scrape(page);
    }
    const { bytes } = await scrape(page);
    const files = readdirSync(directory).map((file) => statSync(join(directory, file)).size);
    return {
      series,
      residentMib: residentMib(child.pid!),
      pageMb: bytes / 1e6,
      stateMib: Math.round(files.reduce((sum, size) => sum + size, 0) / 2 ** 20),
    };
  } finally {
    child.kill('SIGTERM');
    const code = await ended;
    if (code !== 0) console.log(`(it ended with ${code})`);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function answering(port: number): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((done) => setTimeout(done, 100))) {
    if (
      await fetch(`http://127.0.0.1:${port}/metrics`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
  }
  throw new Error(`nothing answers on ${port}`);
}

async function post(port: number, body: Buffer): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: new Uint8Array(body),
  });
  await response.arrayBuffer();
  return response.status;
}

function residentMib(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
}
