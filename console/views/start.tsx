import { useState } from 'preact/hooks';
import { amount } from '#api/amount.ts';
import type { GettingStarted } from '#api/overview.ts';
import { useApi } from '../api.ts';
import { count } from '../format.ts';
import type { ViewProps } from '../main.tsx';
import { Ago, Copy, Failure, Panel, State } from '../parts.tsx';
import { link } from '../route.ts';

const states = { done: 'ok', current: 'waiting', todo: 'info' } as const;

type Variables = GettingStarted['airflow'][number]['variables'];

const shapes: Readonly<Record<string, (variables: Variables) => string>> = {
  'Environment, Astro .env': (variables) => variables.map(([name, value]) => `${name}=${value}`).join('\n'),
  'Docker Compose': (variables) =>
    `environment:\n${variables.map(([name, value]) => `  ${name}: "${value}"`).join('\n')}`,
  Kubernetes: (variables) =>
    `env:\n${variables.map(([name, value]) => `  - name: ${name}\n    value: "${value}"`).join('\n')}`,
};

/** The way from a running pitot to a scraped metric, and what is missing on it. */
export function Start({ now }: ViewProps) {
  const { data, error } = useApi<GettingStarted>('getting-started', 2_000);
  const [shape, setShape] = useState(Object.keys(shapes)[0]!);
  const [host, setHost] = useState('');
  if (!data) return <Failure error={error} />;
  const hasData = data.steps.some(({ id, state }) => id === 'received' && state === 'done');
  const place = (text: string) => (host === '' ? text : text.replaceAll(location.hostname, host));
  return (
    <>
      <ol class="steps">
        {data.steps.map(({ id, state, title, text }) => (
          <li key={id} class={state} aria-current={state === 'current' ? 'step' : undefined}>
            <State level={states[state]}>{state === 'done' ? 'done' : state === 'current' ? 'next' : 'later'}</State>
            <b>{title}</b>
            <span>{text}</span>
          </li>
        ))}
      </ol>
      {data.isDone && data.causes.length === 0 ? (
        <p>
          Everything works. The <a href={link('overview')}>overview</a> shows what happens now.
        </p>
      ) : null}
      {data.causes.length > 0 ? (
        <Panel title={hasData ? 'What else arrives, and is rejected' : 'What arrives instead'}>
          <ul class="causes">
            {data.causes.map((cause) => (
              <li key={`${cause.code} ${cause.address} ${cause.observed}`}>
                <h3>
                  <State level={cause.level}>{cause.title}</State>
                </h3>
                <p class="observed">
                  {cause.observed}
                  {cause.address === '' ? '' : ` from ${cause.address}`}, {amount(cause.count, 'times', count)}, latest{' '}
                  <Ago at={cause.lastUnixMs} now={now} />
                </p>
                <p>
                  <b>Do this:</b> {cause.remedy}
                </p>
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
      <Panel
        title="Variables for Airflow"
        aside={
          <span class="choices">
            <label>
              Format{' '}
              <select value={shape} onChange={(event) => setShape(event.currentTarget.value)}>
                {Object.keys(shapes).map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </label>
            <label>
              Host of pitot, as Airflow reaches it{' '}
              <input
                value={host}
                placeholder={location.hostname}
                onInput={(event) => setHost(event.currentTarget.value.trim())}
              />
            </label>
          </span>
        }
      >
        <div class="columns">
          {data.airflow.map(({ versions, note, variables }) => (
            <div key={versions}>
              <h3>Airflow {versions}</h3>
              <p>{note}</p>
              <Copy text={place(shapes[shape]!(variables))} />
            </div>
          ))}
        </div>
        <p>
          If <code>AIRFLOW__METRICS__STATSD_ON</code> is true, Airflow uses StatsD, sends nothing here, and logs nothing
          about it. From a container, pitot on the same machine is usually <code>host.docker.internal</code>. Airflow
          sends every 30 seconds with these settings. Task metrics exist only after a task has run.
        </p>
      </Panel>
      {data.steps.some(({ id }) => id === 'scraped') ? (
        <Panel title="Scrape job for Prometheus">
          <Copy text={place(data.scrapeConfig)} />
        </Panel>
      ) : null}
    </>
  );
}
