import type { ResourceSpans, ScopeSpans, Span, SpanEvent, Traces } from '#pdata/traces.ts';
import { mapChanged } from './same-or-new.ts';
import type { TransformStep } from './transform.ts';

/** Applies statements to spans, span events, scopes, and resources. Unchanged parts are shared. */
export function transformTraces(traces: Traces, step: TransformStep): Traces {
  const resourceSpans = mapChanged(traces.resourceSpans, (each) => ofResource(each, step));
  return resourceSpans === traces.resourceSpans ? traces : { ...traces, resourceSpans };
}

function ofResource(each: ResourceSpans, step: TransformStep): ResourceSpans {
  const { context } = step;
  context.resource = each.resource;
  context.resourceSchemaUrl = each.schemaUrl;
  let { scopeSpans } = each;
  if (step.name === 'resource') step.run(context);
  else scopeSpans = mapChanged(scopeSpans, (scope) => ofScope(scope, step));
  const { resource, resourceSchemaUrl: schemaUrl } = context;
  if (resource === each.resource && schemaUrl === each.schemaUrl && scopeSpans === each.scopeSpans) return each;
  return { resource, schemaUrl, scopeSpans };
}

function ofScope(each: ScopeSpans, step: TransformStep): ScopeSpans {
  const { context } = step;
  context.scope = each.scope;
  context.scopeSchemaUrl = each.schemaUrl;
  let { spans } = each;
  if (step.name === 'scope') step.run(context);
  else spans = mapChanged(spans, (span) => ofSpan(span, step));
  const { scope, scopeSchemaUrl: schemaUrl } = context;
  if (scope === each.scope && schemaUrl === each.schemaUrl && spans === each.spans) return each;
  return { scope, schemaUrl, spans };
}

function ofSpan(span: Span, step: TransformStep): Span {
  const { context } = step;
  context.span = span;
  if (step.name === 'span') {
    step.run(context);
    return context.span;
  }
  const events = mapChanged(span.events, (event) => ofEvent(event, step));
  // A statement can also have changed the span.
  return events === span.events ? context.span : { ...context.span, events };
}

function ofEvent(event: SpanEvent, { context, run }: TransformStep): SpanEvent {
  context.event = event;
  run(context);
  return context.event;
}
