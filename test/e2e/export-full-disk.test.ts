import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { faultyReceiver, gaugeRequest } from '../support/faulty-receiver.ts';
import { postMetrics } from '../support/http.ts';
import { configFile, freePorts, startPitot, untilListening } from '../support/pitot.ts';
import { startWriteReceiver } from '../support/remote-write-receiver.ts';

/* Data that waits for a receiver fills the disk: a file system of a few MiB. Needs the permission to mount one. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function mount(megabytes: number): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'pitot-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory]);
  if (status !== 0) return undefined;
  cleanups.push(() => spawnSync('umount', ['-l', directory]));
  return directory;
}

const canMount = (() => {
  const directory = mount(1);
  for (const cleanup of cleanups.splice(0)) cleanup();
  return directory !== undefined;
})();

/** Bytes of the text in each request. */
const padding = 40_000;
/** Text that snappy cannot compress. */
const noise = (bytes: number) => randomBytes(bytes / 2).toString('hex');

/** Starts a pitot that sends to `exporter`. Returns its process, how to start it again, and how to send a metric to it. */
async function start(exporter: object, extensions: object = {}) {
  const [http] = (await freePorts(1)) as [number];
  const [id] = Object.keys(exporter);
  const path = configFile({
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` } } } },
    exporters: exporter,
    extensions,
    service: {
      extensions: Object.keys(extensions),
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: [id] } },
    },
  });
  const run = async () => {
    const pitot = startPitot([`--config=${path}`]);
    cleanups.push(() => pitot.stop('SIGKILL'));
    await untilListening(pitot, [http]);
    return pitot;
  };
  return { pitot: await run(), run, post: (name: string) => postMetrics(http, gaugeRequest(name, noise(padding))) };
}

/** Sends metrics until one is refused. Returns the names of the others. */
async function fill(post: (name: string) => Promise<{ status: number }>): Promise<string[]> {
  const acknowledged: string[] = [];
  for (let i = 0; i < 1_000; i++) {
    const { status } = await post(`m${i}`);
    if (status !== 200) {
      expect(status).toBe(503);
      return acknowledged;
    }
    acknowledged.push(`m${i}`);
  }
  throw new Error('the disk does not become full');
}

/** Fills a disk completely, as another program could. Returns how to free the space again. */
function fillRest(directory: string): () => void {
  const filler = join(directory, 'filler');
  spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096'], { stdio: 'ignore' });
  return () => rmSync(filler);
}

const retry = { initial_interval: '20ms', max_interval: '100ms', max_elapsed_time: 0 };

test.skipIf(!canMount)(
  'a queue that fills its disk refuses requests, keeps those it has accepted, and recovers',
  async () => {
    const directory = mount(4)!;
    const [port] = (await freePorts(1)) as [number];
    const target = faultyReceiver(port);
    cleanups.push(() => target.stop());
    const exporter = {
      otlp_http: {
        endpoint: `http://127.0.0.1:${port}`,
        retry_on_failure: retry,
        sending_queue: { storage: 'file_storage', num_consumers: 2 },
      },
    };
    const { pitot, run, post } = await start(exporter, { file_storage: { directory } });
    const acknowledged = await fill(post);
    expect(acknowledged.length).toBeGreaterThan(20);
    // The next process finds a disk without any space.
    await pitot.stop('SIGKILL');
    const free = fillRest(directory);
    const second = await run();
    await target.start();
    await expect.poll(() => new Set(target.names).size, { timeout: 30_000 }).toBe(acknowledged.length);
    free();
    // The space of the requests is used again.
    await expect.poll(async () => (await post('later')).status, { timeout: 30_000 }).toBe(200);
    for (let i = 0; i < 2 * acknowledged.length; i++) expect((await post(`again${i}`)).status).toBe(200);
    await expect.poll(() => new Set(target.names).size, { timeout: 30_000 }).toBe(3 * acknowledged.length + 1);
    // Only requests that were being sent at the kill can arrive twice.
    expect(target.names.length - new Set(target.names).size).toBeLessThanOrEqual(2);
    expect(await second.stop()).toBe(0);
  },
  120_000,
);

test.skipIf(!canMount)(
  'a write-ahead log that fills its disk refuses requests, and recovers',
  async () => {
    const directory = mount(4)!;
    const receiver = await startWriteReceiver();
    cleanups.push(() => receiver.close());
    receiver.answer = (_, response) => response.writeHead(503).end();
    const exporter = {
      prometheus_remote_write: {
        endpoint: receiver.url,
        retry_on_failure: retry,
        remote_write_queue: { enabled: false },
        wal: { directory },
      },
    };
    const { pitot, run, post } = await start(exporter);
    const acknowledged = await fill(post);
    await pitot.stop('SIGKILL');
    const free = fillRest(directory);
    const second = await run();
    receiver.answer = (_, response) => response.writeHead(204).end();
    const names = () =>
      new Set(
        receiver.requests.flatMap(({ series }) => series.map(({ labels }) => /__name__="([^"]*)"/.exec(labels)![1]!)),
      );
    await expect.poll(() => names().size, { timeout: 30_000 }).toBe(acknowledged.length);
    free();
    await expect.poll(async () => (await post('later')).status, { timeout: 30_000 }).toBe(200);
    await expect.poll(() => names().has('later'), { timeout: 30_000 }).toBe(true);
    expect(await second.stop()).toBe(0);
  },
  120_000,
);
