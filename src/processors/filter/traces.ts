import { spanSelection } from '#filterset/item-selection.ts';
import type { ResourceSpans, ScopeSpans, Span, Traces } from '#pdata/traces.ts';
import type { FilterConfig } from './config.ts';
import type { Drops, FilteredSignal } from './filter.ts';
import { keptItems } from './kept.ts';

/** @throws Error for invalid older settings */
export function filteredTraces({ spans }: FilterConfig): FilteredSignal<Traces> {
  const keeps = spans.include || spans.exclude ? spanSelection(spans) : undefined;
  return {
    signal: 'traces',
    counter: ['otelcol_processor_filter_spans_filtered', 'Number of spans dropped by the filter processor'],
    count: ({ spanCount }) => spanCount,
    filter: filterTraces,
    keeps: keeps && (({ span, resource, scope }) => keeps(span, { resource, scope })),
    item: 'span',
  };
}

function filterTraces(traces: Traces, drops: Drops): Traces | undefined {
  const resourceSpans = keptItems(traces.resourceSpans, (each) => keptResource(each, drops));
  if (resourceSpans === traces.resourceSpans) return traces;
  if (resourceSpans.length === 0) return undefined;
  let spanCount = 0;
  for (const { scopeSpans } of resourceSpans) for (const { spans } of scopeSpans) spanCount += spans.length;
  return { resourceSpans, spanCount };
}

function keptResource(each: ResourceSpans, drops: Drops): ResourceSpans | undefined {
  const { context } = drops;
  context.resource = each.resource;
  context.resourceSchemaUrl = each.schemaUrl;
  if (drops.drops('resource')) return undefined;
  const isDeeper = drops.has('scope') || drops.has('span') || drops.has('spanevent');
  const scopeSpans = isDeeper ? keptItems(each.scopeSpans, (scope) => keptScope(scope, drops)) : each.scopeSpans;
  if (scopeSpans.length === 0) return undefined;
  return scopeSpans === each.scopeSpans ? each : { ...each, scopeSpans };
}

function keptScope(each: ScopeSpans, drops: Drops): ScopeSpans | undefined {
  const { context } = drops;
  context.scope = each.scope;
  context.scopeSchemaUrl = each.schemaUrl;
  if (drops.drops('scope')) return undefined;
  const isDeeper = drops.has('span') || drops.has('spanevent');
  const spans = isDeeper ? keptItems(each.spans, (span) => keptSpan(span, drops)) : each.spans;
  if (spans.length === 0) return undefined;
  return spans === each.spans ? each : { ...each, spans };
}

/** Returns the span without dropped events, or undefined if the span itself is dropped. */
function keptSpan(span: Span, drops: Drops): Span | undefined {
  const { context } = drops;
  context.span = span;
  if (drops.drops('span')) return undefined;
  if (!drops.has('spanevent')) return span;
  const events = keptItems(span.events, (event) => {
    context.event = event;
    return drops.drops('spanevent') ? undefined : event;
  });
  return events === span.events ? span : { ...span, events };
}
