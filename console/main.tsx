import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Status } from '#api/overview.ts';
import { Ago, State } from './parts.tsx';
import { link, useRoute } from './route.ts';
import './style.css';
import 'uplot/dist/uPlot.min.css';
import { AirflowView } from './views/airflow.tsx';
import { Cardinality } from './views/cardinality.tsx';
import { Configuration } from './views/configuration.tsx';
import { LineageView } from './views/lineage.tsx';
import { MetricView } from './views/metric.tsx';
import { Overview } from './views/overview.tsx';
import { Problems } from './views/problems.tsx';
import { SeriesSearch } from './views/series-search.tsx';
import { Sources } from './views/sources.tsx';
import { Start } from './views/start.tsx';
import { Tail } from './views/tail.tsx';

export interface ViewProps {
  readonly status: Status;
  /** The server's time. */
  readonly now: number;
  readonly argument: string;
  readonly query: URLSearchParams;
}

const views: Readonly<
  Record<string, { title: string; View: (props: ViewProps) => preact.JSX.Element | null; isHidden?: boolean }>
> = {
  overview: { title: 'Overview', View: Overview },
  start: { title: 'Getting started', View: Start },
  airflow: { title: 'Airflow', View: AirflowView },
  metrics: { title: 'Series', View: SeriesSearch },
  metric: { title: 'Metric', View: MetricView, isHidden: true },
  series: { title: 'Lineage', View: LineageView, isHidden: true },
  cardinality: { title: 'Cardinality', View: Cardinality },
  tail: { title: 'Live tail', View: Tail },
  sources: { title: 'Sources', View: Sources },
  problems: { title: 'Problems', View: Problems },
  config: { title: 'Configuration', View: Configuration },
};

/** The latest status, by server-sent events; `isLive`: the connection works. */
function useStatus(): { status: Status | undefined; isLive: boolean } {
  const [state, setState] = useState<{ status: Status | undefined; isLive: boolean }>({
    status: undefined,
    isLive: false,
  });
  useEffect(() => {
    const source = new EventSource('api/v1/live');
    source.addEventListener('status', (event) => setState({ status: JSON.parse(event.data), isLive: true }));
    source.onerror = () => setState((before) => ({ ...before, isLive: false }));
    return () => source.close();
  }, []);
  return state;
}

function App() {
  const { status, isLive } = useStatus();
  const route = useRoute();
  // Decided once: the page does not change under a reader when the first data arrives.
  const first = useRef<string>(undefined);
  if (status) first.current ??= status.verdict.view === 'start' ? 'start' : 'overview';
  const wanted = location.hash === '' ? (first.current ?? 'overview') : route.view;
  const view = views[wanted] ? wanted : 'overview';
  const { View, title } = views[view]!;
  useEffect(() => {
    document.title = `${title} – pitot`;
  }, [title]);
  if (!status) return <p class="loading">Connecting to pitot …</p>;
  const { verdict, problems } = status;
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to content
      </button>
      <header class="top">
        <a class="brand" href={link('overview')}>
          pitot
        </a>
        <nav aria-label="Views">
          {Object.entries(views)
            .filter(([, each]) => !each.isHidden)
            .map(([name, each]) => (
              <a
                key={name}
                href={link(name)}
                ref={(element) => {
                  if (name === view) element?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
                }}
                aria-current={
                  name === view || (name === 'metrics' && (view === 'metric' || view === 'series')) ? 'page' : undefined
                }
              >
                {each.title}
                {name === 'problems' && problems.error + problems.warning > 0 ? (
                  <>
                    {' '}
                    <span class="badge">{problems.error + problems.warning}</span>
                  </>
                ) : null}
              </a>
            ))}
        </nav>
      </header>
      <div class={`verdict ${isLive ? verdict.level : 'stale'}`} role="status">
        {isLive ? (
          <State level={verdict.level}>{verdict.text}</State>
        ) : (
          <State level="error">
            No connection to pitot. This is what it was <Ago at={status.nowUnixMs} now={Date.now()} />.
          </State>
        )}
        {isLive && verdict.view !== '' && verdict.view !== view ? <a href={link(verdict.view)}>Why?</a> : null}
      </div>
      <main id="main" tabIndex={-1}>
        <h1>{title}</h1>
        <View
          key={`${view} ${route.argument}`}
          status={status}
          now={status.nowUnixMs}
          argument={route.argument}
          query={route.query}
        />
      </main>
      <footer>
        pitot {status.pitotVersion}, behaves as the Collector {status.collectorVersion}. Started{' '}
        <Ago at={status.startedUnixMs} now={status.nowUnixMs} />.
      </footer>
    </>
  );
}

const place = document.getElementById('app');
if (place) {
  place.textContent = '';
  render(<App />, place);
}
