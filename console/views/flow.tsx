import type { Status } from '#api/overview.ts';
import type { Pipelines } from '#api/service.ts';
import { count, milliseconds } from '../format.ts';
import { Ago, State } from '../parts.tsx';
import { link } from '../route.ts';

/** Time without data after which the picture shows no movement, ms. */
const quietMs = 180_000;

/** Clients → pipelines → output → scrapers, with rates, and the servers to which pitot sends. */
export function Flow({ status, pipelines, now }: { status: Status; pipelines: Pipelines | undefined; now: number }) {
  const { clients, output, scrapers, destinations } = status;
  const metrics = pipelines?.pipelines.filter(({ id }) => id.split('/')[0] === 'metrics') ?? [];
  const stages = [...new Set(metrics.flatMap(({ processors }) => processors.map(({ id }) => id)))];
  const moves = clients.lastUnixMs !== null && now - clients.lastUnixMs < quietMs ? 'moving' : '';
  const scraper = scrapers[0];
  return (
    <ol class="flow" aria-label="Path of a metric">
      <li>
        <a href={link('sources')}>
          <b>Clients</b>
          <strong>{count(clients.active)}</strong> active
          <small>
            latest data <Ago at={clients.lastUnixMs} now={now} />
          </small>
        </a>
      </li>
      <li class="edge" aria-hidden="true">
        <span class={moves}>{count(clients.pointsPerSecond)} points/s</span>
      </li>
      <li>
        <a href={link('config')}>
          <b>Pipelines</b>
          <strong>{metrics.length}</strong> for metrics
          <small>{stages.length === 0 ? 'no processors' : stages.join(', ')}</small>
        </a>
      </li>
      <li class="edge" aria-hidden="true">
        <span class={moves}>{count(rateOf(metrics))} points/s</span>
      </li>
      <li class="outputs">
        {output.exporters === 0 ? null : (
          <a href={link('metrics')}>
            <b>/metrics output</b>
            <strong>{count(output.series)}</strong> series
            <small>{output.accumulates ? 'accumulation enabled' : 'last-value mode'}</small>
          </a>
        )}
        {destinations.map(({ id, sent, failed, sentPerSecond }) => (
          <a key={id} href={link('config')}>
            <b>Sent by {id}</b>
            <strong>{count(sentPerSecond)}</strong> points/s
            <small>
              {count(sent)} since the start {failed > 0 ? <State level="error">{count(failed)} not sent</State> : null}
            </small>
          </a>
        ))}
      </li>
      {output.exporters === 0 ? null : (
        <>
          <li class="edge" aria-hidden="true">
            <span>
              {scraper?.intervalMs
                ? `every ${milliseconds(scraper.intervalMs)}`
                : scraper
                  ? 'scraped once'
                  : 'not scraped'}
            </span>
          </li>
          <li>
            <a href={link(scraper ? 'overview' : 'start')}>
              <b>Scrapers</b>
              <strong>{scrapers.length}</strong>
              <small>
                {scraper ? (
                  <>
                    {scraper.userAgent || scraper.address}, <Ago at={scraper.unixMs} now={now} />
                  </>
                ) : (
                  'none yet: what to do'
                )}
              </small>
            </a>
          </li>
        </>
      )}
    </ol>
  );
}

/** Points that reach the first exporter of each metrics pipeline. */
function rateOf(metrics: Pipelines['pipelines']): number | null {
  const rates = metrics.flatMap(({ exporters }) => {
    const [first] = exporters.toSorted(
      (a, b) => Number(b.id.startsWith('prometheus')) - Number(a.id.startsWith('prometheus')),
    );
    return first?.itemsPerSecond ?? [];
  });
  return rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0);
}
