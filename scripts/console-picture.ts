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
const began = Date.now();
const scraping = setInterval(() => {
  const headers = { 'user-agent': 'Prometheus/3.5.0', accept: 'text/plain', ...scraperHeaders };
  void ask(situation.ports.metrics, { path: '/metrics', headers });
}, 10_000);
// Evenly: the recording ends with minutes in which little happens.
for (const [i, { body }] of requests.entries()) {
  await after(Math.max(0, began + (i / requests.length) * seconds * 1000 - Date.now()));
  await postMetrics(situation.ports.http, body);
}
mkdirSync(dirname(file), { recursive: true });
const browser = await openBrowser();
const visitor = await Visitor.open(browser, situation.origin, 'light desktop');
await visitor.show('overview');
await visitor.page.screenshot({ path: file });
clearInterval(scraping);
await browser.close();
await situation.pitot.stop();
