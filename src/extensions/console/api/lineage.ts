import type { Lineage } from '#api/series.ts';
import type { ExpositionName, SeriesView } from '#component/views/series-view.ts';
import { type ApiContext, ApiError, finite, offered } from './context.ts';
import type { Parameters } from './parameters.ts';
import { parseSelector } from './selector.ts';
import { type Found, find, seriesForApi, shortened } from './series.ts';
import { valuesOf } from './values.ts';

const maxText = 50_000;

/**
 * `GET lineage`: the steps that lead to one series. `series` is a selector; the first match without further labels is
 * used.
 */
export async function lineageOf(context: ApiContext, parameters: Parameters): Promise<Lineage> {
  const found = await theOne(context, parameters.required('series'));
  const view = offered(context.views, 'series').find(({ component }) => component.id === found.exporter)!.view;
  return describe(context, view, found);
}

/**
 * Returns the matching series with the fewest labels.
 * @throws ApiError 404 if there is none
 */
async function theOne(context: ApiContext, text: string): Promise<Found> {
  let best: Found | undefined;
  for await (const found of find(context, parseSelector(text))) {
    if (best === undefined || found.series.labels.length < best.series.labels.length) best = found;
  }
  if (best) return best;
  throw new ApiError(404, `no series matches ${text.slice(0, 300)}; it may have expired`);
}

function describe(context: ApiContext, view: SeriesView, found: Found): Lineage {
  const { series } = found;
  context.sampler.seriesHistory.watch(series);
  const lineage = view.lineage(series);
  const nowUnixMs = context.clock.now();
  const pairs = (list: readonly (readonly [string, string])[]) =>
    list.map(([key, value]) => [key, shortened(value)] as [string, string]);
  const lines = (format: ExpositionName) => view.lines(series, format).slice(0, maxText);
  return {
    series: seriesForApi(found),
    metric: { ...lineage.metric, description: shortened(lineage.metric.description) },
    scope: lineage.scope,
    resource: pairs(lineage.resource),
    attributes: pairs(lineage.attributes),
    naming: [...lineage.naming],
    labels: lineage.labels.map(({ label, value, from, keys, remark }) => ({
      ...{ label, from, keys: [...keys] },
      value: shortened(value),
      remark: remark ?? '',
    })),
    processAttributes: [...lineage.processAttributes],
    mode: lineage.mode,
    streams: lineage.streams
      ? {
          total: lineage.streams.total,
          listed: lineage.streams.listed.map(({ process, startUnixNano, kind, reason, value, baseline, idleMs }) => ({
            ...{ kind, reason },
            process: shortened(process),
            startUnixNano: startUnixNano ?? null,
            value: finite(value),
            baseline: finite(baseline),
            lastUnixMs: nowUnixMs - idleMs,
          })),
        }
      : null,
    isInitialZero: lineage.isInitialZero,
    lines: { text: lines('text'), openmetrics: lines('openmetrics'), protobuf: lines('protobuf') },
    collector: {
      note: lineage.collector.note,
      lines: lineage.collector.lines.map((line) => line.slice(0, 4_000)),
      more: lineage.collector.more,
    },
    history: valuesOf(context, [series]),
  };
}
