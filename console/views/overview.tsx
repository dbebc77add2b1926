import { amount } from '#api/amount.ts';
import type { History, Scrapes } from '#api/overview.ts';
import type { Pipelines } from '#api/service.ts';
import { useApi } from '../api.ts';
import { Chart } from '../chart.tsx';
import { bytes, count, milliseconds } from '../format.ts';
import type { ViewProps } from '../main.tsx';
import { Ago, Fact, Panel, State } from '../parts.tsx';
import { link } from '../route.ts';
import { type Column, Table } from '../table.tsx';
import { Flow } from './flow.tsx';

type Scrape = Scrapes['recent'][number];

/** What happens now, and what happened in the last hour. */
export function Overview({ status, now }: ViewProps) {
  const history = useApi<History>('history', 10_000).data;
  const scrapes = useApi<Scrapes>('scrapes', 5_000).data;
  const pipelines = useApi<Pipelines>('pipelines', 5_000).data;
  const { errors, process } = status;
  const lost = errors.refusedPoints + errors.droppedPoints + errors.unsentPoints;
  return (
    <>
      <Flow status={status} pipelines={pipelines} now={now} />
      <dl class="facts">
        <Fact
          title="Points per second"
          value={count(status.clients.pointsPerSecond)}
          note={`${count(status.clients.points)} since the start`}
          href={link('tail')}
        />
        <Fact
          title="Series"
          value={count(status.output.series)}
          note={amount(status.output.families, 'metrics', count)}
          href={link('metrics')}
        />
        <Fact
          title="Points lost"
          value={count(lost)}
          note={`${count(errors.refusedPoints)} refused, ${count(errors.droppedPoints)} dropped${errors.unsentPoints > 0 ? `, ${count(errors.unsentPoints)} not sent` : ''}`}
          href={link('problems')}
        />
        <Fact
          title="Requests rejected"
          value={count(errors.rejectedRequests)}
          note="since the start"
          href={link('problems')}
        />
        <Fact
          title="Memory"
          value={bytes(process.rssBytes)}
          note={process.cpuShare === null ? undefined : `${count(process.cpuShare * 100)}% of a CPU`}
        />
      </dl>
      {history ? (
        <Panel title={rangeOf(history)} aside={<Marks marks={history.marks} now={now} />}>
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
      {status.output.exporters === 0 ? null : (
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
      )}
    </>
  );
}

function scrapeColumns(now: number): Column<Scrape>[] {
  return [
    {
      title: 'When',
      cell: ({ unixMs }) => <Ago at={unixMs} now={now} />,
      order: ({ unixMs }) => unixMs,
      isShort: true,
    },
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
    { title: 'Address', cell: ({ address }) => address, order: ({ address }) => address, isShort: true },
    {
      title: 'Format',
      cell: ({ format, coding }) => `${formatName(format)}${coding === 'identity' ? '' : `, ${coding}`}`,
      order: ({ format }) => format,
      isShort: true,
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
      isShort: true,
    },
  ];
}

function formatName(format: string): string {
  if (format.includes('openmetrics')) return 'OpenMetrics';
  return format.includes('protobuf') ? 'protobuf' : 'text';
}

/** The charts begin with pitot, or an hour ago. */
function rangeOf({ unixMs }: History): string {
  const spanMs = unixMs.length < 2 ? 0 : unixMs.at(-1)! - unixMs[0]!;
  return spanMs > 3_480_000 ? 'Last hour' : 'Since the start';
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
