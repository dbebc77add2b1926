import { writeFile } from 'node:fs/promises';
import type { Session } from 'node:inspector/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { getHeapSnapshot, getHeapStatistics } from 'node:v8';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Component, ComponentSettings, Host } from '#component/component.ts';
import { config as group, parseConfig } from '#config/schema.ts';
import { memoryLimit } from '#flow/memory-limit.ts';
import { allowedHostsOf } from '#http/host-check.ts';
import { type HttpServer, openHttpServer } from '#http/http-server.ts';
import { httpServerShape } from '#http/server-config.ts';
import type { PprofConfig } from './config.ts';

/** Maximum duration of a profile in seconds. */
const maxSeconds = 300;
const plain = parseConfig(group('pprofextension.Config', httpServerShape({ writeTimeout: 0 })), {});

/**
 * Serves a CPU profile (`/debug/pprof/profile?seconds=30`) and a heap snapshot (`/debug/pprof/heap`, if the heap is small) of this process in
 * V8's formats, for Chrome's developer tools. While a profile is running, further requests return 409.
 */
export class Pprof implements Component {
  readonly #config: PprofConfig;
  readonly #settings: ComponentSettings;
  #server: HttpServer | undefined;
  #whole: Session | undefined;
  #isBusy = false;

  constructor(config: PprofConfig, settings: ComponentSettings) {
    this.#config = config;
    this.#settings = settings;
  }

  async start(host: Host): Promise<void> {
    const { id, logger, metrics } = this.#settings;
    if (!plain.ok) throw new Error(plain.failure.message);
    const config = { ...plain.value, endpoint: this.#config.endpoint };
    const allowedHosts = allowedHostsOf(this.#config.allowedHosts, this.#config.endpoint);
    const server = openHttpServer({ config, logger, host, name: id, metrics, allowedHosts });
    server.app.get('/debug/pprof/profile', (request, reply) => this.#profile(request, reply));
    server.app.get('/debug/pprof/heap', (_request, reply) => this.#heap(reply));
    await server.listen();
    this.#server = server;
    if (this.#config.saveToFile !== '') this.#whole = await startProfile();
    logger.info('Starting net/http/pprof server', { endpoint: this.#config.endpoint });
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    await this.#server?.close(deadline);
    this.#server = undefined;
    if (this.#whole) await writeFile(this.#config.saveToFile, await stopProfile(this.#whole));
    this.#whole = undefined;
  }

  async #profile(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const asked = Number((request.query as { seconds?: string }).seconds ?? 30);
    if (!(asked > 0 && asked <= maxSeconds)) {
      return reply.code(400).send(`seconds must be between 0 and ${maxSeconds}\n`);
    }
    return this.#alone(reply, async () => {
      const session = await startProfile();
      await sleep(asked * 1000);
      const profile = await stopProfile(session);
      return reply
        .header('content-disposition', 'attachment; filename="pitot.cpuprofile"')
        .type('application/json')
        .send(profile);
    });
  }

  #heap(reply: FastifyReply): Promise<FastifyReply> {
    return this.#alone(reply, async () => {
      const problem = snapshotProblem(this.#config.maxHeapSnapshotMib);
      if (problem !== undefined) return reply.code(507).send(`${problem}\n`);
      this.#settings.logger.warn('Taking a heap snapshot, which blocks the process and contains secrets in memory');
      return reply
        .header('content-disposition', 'attachment; filename="pitot.heapsnapshot"')
        .type('application/json')
        .send(getHeapSnapshot());
    });
  }

  async #alone(reply: FastifyReply, work: () => Promise<FastifyReply>): Promise<FastifyReply> {
    if (this.#isBusy) return reply.code(409).send('another profile is being taken\n');
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
    }
  }
}

async function startProfile(): Promise<Session> {
  // Loaded on demand: few ever take a profile.
  const { Session } = await import('node:inspector/promises');
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  return session;
}

async function stopProfile(session: Session): Promise<string> {
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return JSON.stringify(profile);
}

const mebibyte = 1024 * 1024;
/** Memory that a snapshot needs, as a multiple of the used heap. */
const snapshotFactor = 6;

/** Returns why no snapshot can be taken now. */
function snapshotProblem(limitMib: number): string | undefined {
  const used = getHeapStatistics().used_heap_size;
  const usedMib = Math.ceil(used / mebibyte);
  if (usedMib > limitMib) {
    return `the used heap of ${usedMib} MiB exceeds max_heap_snapshot_mib (${limitMib}); a snapshot of it would block the process for too long`;
  }
  const free = memoryLimit() - process.memoryUsage.rss();
  if (used * snapshotFactor > free) {
    return `a heap snapshot needs about ${usedMib * snapshotFactor} MiB of memory, and ${Math.floor(free / mebibyte)} MiB are left`;
  }
  return undefined;
}
