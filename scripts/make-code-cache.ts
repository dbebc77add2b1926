import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeCachePath, compileProgramOf, runProgram } from './program-file.ts';

/*
 * node make-code-cache FOLDER: starts the program of a folder, sends a first request and a first scrape, and stores the compiled code of
 * the functions that ran.
 */
const folder = process.argv[2]!;
void makeCodeCache();

async function makeCodeCache(): Promise<void> {
  const [http, page] = (await freePorts(2)) as [number, number];
  const config = join(tmpdir(), `pitot-code-cache-${process.pid}.yaml`);
  writeFileSync(config, JSON.stringify(configuration(http, page)));
  const program = compileProgramOf(folder);
  process.once('exit', () => writeFileSync(codeCachePath(folder), program.createCachedData()));
  process.argv = [process.execPath, join(folder, 'otelcol-contrib'), `--config=${config}`];
  runProgram(program, folder);
  const roundtrip = join(folder, 'otlp-roundtrip');
  const urls = [`http://127.0.0.1:${http}`, `http://127.0.0.1:${page}/metrics`];
  const [code] = await once(spawn(process.execPath, [roundtrip, ...urls], { stdio: 'inherit' }), 'exit');
  if (code !== 0) process.exit(1);
  process.kill(process.pid, 'SIGTERM');
}

/** Returns the most common configuration: both protocols, the prometheus exporter, and the debug exporter. */
function configuration(http: number, page: number): object {
  const own = { pull: { exporter: { prometheus: { host: '127.0.0.1', port: 0 } } } };
  return {
    receivers: {
      otlp: { protocols: { grpc: { endpoint: '127.0.0.1:0' }, http: { endpoint: `127.0.0.1:${http}` } } },
    },
    exporters: { debug: { verbosity: 'detailed' }, prometheus: { endpoint: `127.0.0.1:${page}` } },
    service: {
      telemetry: { logs: { level: 'warn' }, metrics: { readers: [own] } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: ['debug', 'prometheus'] } },
    },
  };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
