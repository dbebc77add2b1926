import { useState } from 'preact/hooks';
import type { Config, PipelineNode, Pipelines } from '#api/service.ts';
import { useApi } from '../api.ts';
import { count } from '../format.ts';
import type { ViewProps } from '../main.tsx';
import { Copy, Failure, Filter, Panel, State } from '../parts.tsx';
import { link } from '../route.ts';
import { Table } from '../table.tsx';

/** The pipelines with their rates, and the configuration in force. */
export function Configuration(_: ViewProps) {
  const pipelines = useApi<Pipelines>('pipelines', 3_000);
  const config = useApi<Config>('config', 15_000);
  const [filter, setFilter] = useState('');
  const origins = config.data?.origins.filter(({ path, place }) => `${path} ${place}`.includes(filter)) ?? [];
  return (
    <>
      <Failure error={pipelines.error || config.error} />
      {pipelines.data?.pipelines.map(({ id, receivers, processors, exporters }) => (
        <Panel key={id} title={`Pipeline ${id}`}>
          <div class="graph">
            <Nodes title="Receivers" nodes={receivers} />
            {processors.map((node) => (
              <Nodes key={node.id} title="Processor" nodes={[node]} />
            ))}
            <Nodes title="Exporters" nodes={exporters} />
          </div>
        </Panel>
      ))}
      {pipelines.data && pipelines.data.remarks.length > 0 ? (
        <Panel title="Not supported or ignored">
          <ul>
            {pipelines.data.remarks.map((remark) => (
              <li key={remark}>
                <State level="warning">{remark}</State>
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
      {config.data ? (
        <>
          <Panel title="Origin" aside={<span>{config.data.sources.join(', ')}</span>}>
            {config.data.disk.state === 'none' ? (
              <p>
                pitot runs with its built-in configuration, or with one from the command line. No file can differ from
                it. <code>pitot print-config</code> prints it as a start for your own file.
              </p>
            ) : null}
            {config.data.disk.state === 'same' ? <State level="ok">The files on disk are in force.</State> : null}
            {config.data.disk.state === 'invalid' ? (
              <State level="error">A reload would fail: {config.data.disk.error}</State>
            ) : null}
            {config.data.disk.state === 'different' ? (
              <>
                <State level="warning">The files on disk have changed. A reload (SIGHUP) changes this:</State>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a block that scrolls must be reachable by keyboard */}
                <pre class="diff" tabIndex={0}>
                  {config.data.disk.diff.map(({ kind, line }, i) => (
                    <span
                      key={i}
                      class={kind}
                    >{`${kind === 'added' ? '+' : kind === 'removed' ? '-' : ' '} ${line}\n`}</span>
                  ))}
                </pre>
              </>
            ) : null}
          </Panel>
          <Panel title="Bug report">
            <p>
              <a href="api/v1/diagnostics" download>
                Download diagnostics
              </a>{' '}
              as one archive. Secrets are removed, and addresses and processes are replaced. Read the files before you
              publish them.
            </p>
          </Panel>
          <Panel title="Configuration in force">
            <Copy text={config.data.text} />
          </Panel>
          <Panel title="Where it is written" aside={<Filter value={filter} onChange={setFilter} label="Filter keys" />}>
            <Table
              label="Origins"
              columns={[
                { title: 'Key', cell: ({ path }) => <code>{path}</code>, order: ({ path }) => path },
                { title: 'Place', cell: ({ place }) => <code>{place}</code>, order: ({ place }) => place },
              ]}
              rows={origins.slice(0, 300)}
              empty="No key matches."
            />
          </Panel>
        </>
      ) : null}
    </>
  );
}

function Nodes({ title, nodes }: { title: string; nodes: readonly PipelineNode[] }) {
  return (
    <div class="stage">
      <small>{title}</small>
      {nodes.map((node) => (
        <Node key={node.id} node={node} />
      ))}
    </div>
  );
}

function Node({ node }: { node: PipelineNode }) {
  const { kind, id, itemsPerSecond, items, refusedPerSecond, refused, queue, problem } = node;
  const place = placeOf(node);
  const lost = kind === 'exporter' ? 'not sent' : 'refused';
  return (
    <div class="node">
      <b>{place === '' ? id : <a href={place}>{id}</a>}</b>
      <span>{items === null ? 'not counted' : `${count(itemsPerSecond)} items/s, ${count(items)} in total`}</span>
      {refused ? (
        <State level={refusedPerSecond ? 'error' : 'warning'}>
          {count(refused)} {lost}
          {refusedPerSecond ? `, ${count(refusedPerSecond)} per second` : ''}
        </State>
      ) : null}
      {queue ? (
        <span>
          queue {count(queue.size)} of {count(queue.capacity)} {queue.unit}
          <meter value={queue.size} max={Math.max(1, queue.capacity)} high={0.8 * queue.capacity} aria-label="Queue" />
        </span>
      ) : null}
      {problem === '' ? null : <State level="error">{problem}</State>}
    </div>
  );
}

/** The view that shows what a component handles; empty if there is none. */
function placeOf({ kind, id, refused, problem }: PipelineNode): string {
  if (refused || problem !== '') return link('problems', '', { filter: id });
  if (kind === 'receiver') return link('sources');
  return kind === 'exporter' && id.split('/', 1)[0] === 'prometheus' ? link('metrics') : '';
}
