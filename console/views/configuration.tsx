import { useState } from 'preact/hooks';
import type { Config, PipelineNode, Pipelines } from '#api/service.ts';
import { useApi } from '../api.ts';
import { count } from '../format.ts';
import type { ViewProps } from '../main.tsx';
import { Copy, Failure, Filter, Panel, State, Table } from '../parts.tsx';

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
          <Panel title="Files on disk" aside={<span>{config.data.sources.join(', ')}</span>}>
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
        <div key={node.id} class="node">
          <b>{node.id}</b>
          <span>{node.itemsPerSecond === null ? 'not counted' : `${count(node.itemsPerSecond)} items/s`}</span>
          {node.refusedPerSecond ? <State level="error">{count(node.refusedPerSecond)} refused/s</State> : null}
          {node.queue ? (
            <span>
              queue {count(node.queue.size)} of {count(node.queue.capacity)} {node.queue.unit}
            </span>
          ) : null}
          {node.problem === '' ? null : <State level="error">{node.problem}</State>}
        </div>
      ))}
    </div>
  );
}
