import type { PipelineNode, Pipelines } from '#api/service.ts';
import { type ApiContext, finite } from './context.ts';

type Kind = PipelineNode['kind'];

/** `GET pipelines`: the graph with rates and queues. */
export function pipelinesOf(context: ApiContext): Pipelines {
  const { views } = context;
  const { pipelines, extensions } = context.describe();
  const rates = context.sampler.rates();
  const problems = new Map(views.problems().map(({ id, message }) => [id, message]));
  const components = views.components();
  const node =
    (kind: Kind, signal: string) =>
    (id: string): PipelineNode => {
      const queue = components.find((each) => each.kind === kind && each.id === id)?.views.queue?.();
      return {
        id,
        kind,
        itemsPerSecond: finite(rates.component(`${kind} ${id} ${signal}`)),
        refusedPerSecond: finite(rates.component(`${kind} ${id} ${signal} refused`)),
        items: finite(rates.total(`${kind} ${id} ${signal}`)),
        refused: finite(rates.total(`${kind} ${id} ${signal} refused`)),
        queue: queue ? { unit: queue.unit, size: queue.size, capacity: queue.capacity } : null,
        problem: problems.get(id) ?? '',
      };
    };
  return {
    pipelines: pipelines.map(({ id, receivers, processors, exporters }) => {
      const signal = id.split('/', 1)[0]!;
      return {
        id,
        receivers: receivers.map(node('receiver', signal)),
        processors: processors.map(node('processor', signal)),
        exporters: exporters.map(node('exporter', signal)),
      };
    }),
    extensions: extensions.map(node('extension', '')),
    remarks: [...views.configuration().remarks],
  };
}
