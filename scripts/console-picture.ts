import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { openBrowser, Visitor } from '../test/console/browser.ts';
import { startSituation } from '../test/console/situations.ts';
import { scraperHeaders } from '../test/support/bridge.ts';
import { ask, postMetrics } from '../test/support/http.ts';
import { readRecording } from '../test/support/recording.ts';

/** Replays a recording of Airflow in four minutes, with a scrape every ten seconds, and writes the picture of the README. */
const file = join(import.meta.dirname, '../docs/images/console.png');
const seconds = 240;

const situation = await startSituation('nothing');
const { requests } = readRecording('airflow-3.3');
const duration = requests.at(-1)!.atSeconds;
const began = Date.now();
const scraping = setInterval(() => {
  const headers = { 'user-agent': 'Prometheus/3.5.0', accept: 'text/plain', ...scraperHeaders };
  void ask(situation.ports.metrics, { path: '/metrics', headers });
}, 10_000);
for (const { atSeconds, body } of requests) {
  await after(Math.max(0, began + (atSeconds / duration) * seconds * 1000 - Date.now()));
  await postMetrics(situation.ports.http, body);
}
mkdirSync(dirname(file), { recursive: true });
const browser = await openBrowser();
const visitor = await Visitor.open(browser, situation.origin, 'light desktop');
await visitor.show('overview');
await after(3_000);
await visitor.page.screenshot({ path: file });
clearInterval(scraping);
await browser.close();
await situation.pitot.stop();
