import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { batchBodies, recordedBodies } from '../load/bodies.ts';
import { post } from '../load/post.ts';
import { cpuSecondsOf } from '../load/server.ts';
import { printTimes } from './timed.ts';

/*
 * Limits that docs/performance.md compares with pitot: copying a scrape response, and a bare HTTP server of Node.js that only reads
 * and answers a request. decode.bench.ts measures a walk over the bytes of a request.
 */
const body = [...batchBodies({ kind: 'counter', batches: 1, metrics: 10, points: 100, step: 0 })][0]!;
const page = Buffer.alloc(24_600_000, 'a');
const copy = Buffer.alloc(page.length);
await printTimes('series', [
  { task: 'copy the scrape response of 100,000 series', per: 100_000, run: () => page.copy(copy) },
]);

const bareServer = `
const answer = Buffer.from([0x0a, 0]);
const server = require('node:http').createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    Buffer.concat(chunks);
    response.writeHead(200, ['Content-Type', 'application/x-protobuf', 'Content-Length', '2']);
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;
const child = spawn(process.execPath, ['--max-semi-space-size=8', '-e', bareServer], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = await once(child.stdout, 'data');
const port = Number(line);
for (const [name, bodies, count] of [
  ['recording airflow-3.3', recordedBodies('airflow-3.3'), 24_000],
  ['1,000-point counter batches', [body], 6_000],
] as const) {
  await post(port, bodies, { count: 2 * count });
  const before = cpuSecondsOf(child.pid!);
  await post(port, bodies, { count });
  const cpu = cpuSecondsOf(child.pid!) - before;
  console.log(`bare node:http, ${name}: ${Math.round(count / cpu).toLocaleString('en')} requests / CPU s`);
}
child.kill();
