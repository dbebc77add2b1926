import type { History, Scrapes, Status } from '#api/overview.ts';
import type { Pipelines } from '#api/service.ts';
import { useApi } from '../api.ts';
import { bytes, count, milliseconds } from '../format.ts';
import type { ViewProps } from '../main.tsx';
import { Ago, Chart, type Column, Fact, Panel, State, Table } from '../parts.tsx';
import { link } from '../route.ts';

type Scrape = Scrapes['recent'][number];

/** What happens now, and what happened in the last hour. */
export function Overview({ status, now }: ViewProps) {
  const history = useApi<History>('history', 10_000).data;
  const scrapes = useApi<Scrapes>('scrapes', 5_000).data;
  const pipelines = useApi<Pipelines>('pipelines', 5_000).data;
  const { errors, process } = status;
  const lost = errors.refusedPoints + errors.droppedPoints;
  return (
    <>
      <Flow status={status} pipelines={pipelines} now={now} />
      <dl class="facts">
        <Fact
          title="Points per second"
          value={count(status.clients.pointsPerSecond)}
          note={`${count(status.clients.points)} since the start`}
        />
        <Fact
          title="Series"
          value={count(status.output.series)}
          note={`${count(status.output.families)} metrics`}
          href={link('metrics')}
        />
        <Fact
          title="Points lost"
          value={count(lost)}
          note={`${count(errors.refusedPoints)} refused, ${count(errors.droppedPoints)} dropped`}
          href={link('problems')}
        />
        <Fact title="Requests rejected" value={count(errors.rejectedRequests)} href={link('problems')} />
        <Fact
          title="Memory"
          value={bytes(process.rssBytes)}
          note={process.cpuShare === null ? undefined : `${count(process.cpuShare * 100)}% of a CPU`}
        />
      </dl>
      {history ? (
        <Panel title="Last hour" aside={<Marks marks={history.marks} now={now} />}>
          <div class="charts">
            <Chart
              title="Points per second"
              times={history.unixMs}
              values={history.pointsPerSecond}
              format={count}
              marks={history.marks}
            />
            <Chart title="Series" times={history.unixMs} values={history.series} format={count} marks={history.marks} />
            <Chart
              title="Longest scrape"
              times={history.unixMs}
              values={history.scrapeMs}
              format={milliseconds}
              marks={history.marks}
            />
            <Chart
              title="Memory"
              times={history.unixMs}
              values={history.rssBytes}
              format={bytes}
              marks={history.marks}
            />
            <Chart
              title="Errors per second"
              times={history.unixMs}
              values={history.errorsPerSecond}
              format={count}
              marks={history.marks}
            />
          </div>
        </Panel>
      ) : null}
      <Panel title="Latest scrapes">
        <Table
          label="Latest scrapes"
          columns={scrapeColumns(now)}
          rows={scrapes?.recent ?? []}
          empty={
            <>
              Nobody has read /metrics yet. <a href={link('start')}>Getting started</a> shows the scrape job for
              Prometheus.
            </>
          }
        />
      </Panel>
    </>
  );
}

function scrapeColumns(now: number): Column<Scrape>[] {
  return [
    { title: 'When', cell: ({ unixMs }) => <Ago at={unixMs} now={now} />, order: ({ unixMs }) => unixMs },
    {
      title: 'By',
      cell: ({ userAgent, isScraper }) => (
        <>
          {userAgent || 'unknown'}
          {isScraper ? null : <small> not a scraper</small>}
        </>
      ),
      order: ({ userAgent }) => userAgent,
    },
    { title: 'Address', cell: ({ address }) => address, order: ({ address }) => address },
    {
      title: 'Format',
      cell: ({ format, coding }) => `${formatName(format)}${coding === 'identity' ? '' : `, ${coding}`}`,
      order: ({ format }) => format,
    },
    { title: 'Size', cell: (scrape) => bytes(scrape.bytes), order: (scrape) => scrape.bytes, isNumber: true },
    {
      title: 'Duration',
      cell: ({ durationMs }) => milliseconds(durationMs),
      order: ({ durationMs }) => durationMs,
      isNumber: true,
    },
    {
      title: 'Outcome',
      cell: ({ outcome }) => <State level={outcome === 'sent' ? 'ok' : 'warning'}>{outcome}</State>,
      order: ({ outcome }) => outcome,
    },
  ];
}

function formatName(format: string): string {
  if (format.includes('openmetrics')) return 'OpenMetrics';
  return format.includes('protobuf') ? 'protobuf' : 'text';
}

function Marks({ marks, now }: { marks: History['marks']; now: number }) {
  const latest = marks.slice(-3).reverse();
  return (
    <span class="marks">
      {latest.map(({ unixMs, kind, text }) => (
        <span key={unixMs} title={text}>
          ┆ {kind.replace('_', ' ')} <Ago at={unixMs} now={now} />
        </span>
      ))}
    </span>
  );
}

/** Clients → pipelines → output → scrapers, with rates. */
function Flow({ status, pipelines, now }: { status: Status; pipelines: Pipelines | undefined; now: number }) {
  const { clients, output, scrapers } = status;
  const metrics = pipelines?.pipelines.filter(({ id }) => id.split('/')[0] === 'metrics') ?? [];
  const stages = [...new Set(metrics.flatMap(({ processors }) => processors.map(({ id }) => id)))];
  const receives = clients.lastUnixMs !== null && now - clients.lastUnixMs < 180_000;
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
        <span class={receives ? 'moving' : ''}>{count(clients.pointsPerSecond)} points/s</span>
      </li>
      <li>
        <a href={link('config')}>
          <b>Pipelines</b>
          <strong>{metrics.length}</strong> for metrics
          <small>{stages.length === 0 ? 'no processors' : stages.join(', ')}</small>
        </a>
      </li>
      <li class="edge" aria-hidden="true">
        <span class={receives ? 'moving' : ''}>
          {count(metrics[0]?.exporters.find(({ id }) => id.startsWith('prometheus'))?.itemsPerSecond)} points/s
        </span>
      </li>
      <li>
        <a href={link('metrics')}>
          <b>/metrics output</b>
          <strong>{count(output.series)}</strong> series
          <small>{output.accumulates ? 'accumulation enabled' : 'last-value mode'}</small>
        </a>
      </li>
      <li class="edge" aria-hidden="true">
        <span>
          {scraper?.intervalMs ? `every ${milliseconds(scraper.intervalMs)}` : scraper ? 'scraped once' : 'not scraped'}
        </span>
      </li>
      <li>
        <a href={link('overview')}>
          <b>Scrapers</b>
          <strong>{scrapers.length}</strong>
          <small>
            {scraper ? (
              <>
                {scraper.userAgent || scraper.address}, <Ago at={scraper.unixMs} now={now} />
              </>
            ) : (
              'none yet'
            )}
          </small>
        </a>
      </li>
    </ol>
  );
}
