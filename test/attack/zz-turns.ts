import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { ask } from '/work/wt/harden/test/support/http.ts';
import { kinds } from '/work/wt/harden/test/attack/kinds.ts';
import { Target } from '/work/wt/harden/test/attack/target.ts';
const wanted = process.argv[2] ?? ''; const hasStorage = process.argv.includes('--storage'); const prof = process.argv.includes('--prof');
const log = '/tmp/harden/lag.log';
for (const kind of kinds.filter((k) => new RegExp(wanted).test(k.name))) {
  writeFileSync(log, '');
  const target = await Target.start({ program: '/work/wt/harden/dist', mebibytes: 512, hasStorage, env: { LAG_LOG: log, ...(prof && {LAG_PROF: '1'}), NODE_OPTIONS: '--require=/tmp/harden/probe.cjs' } });
  const lag = () => { const lines = readFileSync(log, 'utf8').trim().split('\n').filter((l)=>/^\d/.test(l)); writeFileSync(log, ''); return Math.max(0, ...lines.map((l) => Number(l.split(' ')[1]))); };
  await new Promise((r) => setTimeout(r, 300)); const start = lag();
  const body = kind.body(); const t0 = performance.now();
  let status: number | string;
  try { ({ status } = await ask(target.ports.http, { method: 'POST', path: `/v1/${kind.signal}`, headers: { 'content-type': kind.format === 'json' ? 'application/json' : 'application/x-protobuf' }, body })); } catch (e) { status = String(e); }
  const t1 = performance.now(); await new Promise((r) => setTimeout(r, 50)); const post = lag();
  const scrapes: string[] = [];
  for (const accept of ['text/plain', 'application/openmetrics-text; version=1.0.0', 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited']) for (const scraper of [true, false]) {
    const s0 = performance.now(); let r: any; try { r = await ask(target.ports.page, { path: '/metrics', headers: { accept, 'accept-encoding': 'gzip', ...(scraper && { 'x-prometheus-scrape-timeout-seconds': '10' }) } }); } catch (e) { r = { status: String(e) }; }
    await new Promise((r) => setTimeout(r, 30)); scrapes.push(`${r.status}/${(performance.now() - s0 - 30).toFixed(0)}ms/lag ${lag()}`);
  }
  for (const p of ['/debug/tracez','/metrics']) { try { await ask(p==='/metrics'?target.ports.own:target.ports.zpages, { path: p }); } catch {} }
  await new Promise((r) => setTimeout(r, 100)); const own = lag();
  console.log(`${kind.name}: start ${start} | ${status} ${(t1 - t0).toFixed(0)} ms lag ${post} | ${scrapes.join(' ')} | own ${own} rss ${(target.resident() / 2 ** 20).toFixed(0)} peak ${((target.cgroup?.peak() ?? 0) / 2 ** 20).toFixed(0)} run ${target.isRunning}`);
  if (prof) { process.kill(target.pid, 'SIGUSR2'); await new Promise((r) => setTimeout(r, 3000)); }
  await target.remove();
}
