import { compileCondition, compileStatement } from '#ottl/compile.ts';
import { type ContextName, OttlContext } from '#ottl/context.ts';
import type { LogRecord } from '#pdata/logs.ts';
import type { DataPoint, InstrumentationScope, Metric, Resource } from '#pdata/metrics.ts';
import type { Span, SpanEvent } from '#pdata/traces.ts';
import { gauge, logRecord, number, resource, scope, span } from './pdata.ts';

/** Data that statements in tests read. Undefined parts have neutral defaults. */
export interface Item {
  readonly resource?: Resource;
  readonly scope?: InstrumentationScope;
  readonly metric?: Metric;
  readonly point?: DataPoint;
  readonly span?: Span;
  readonly event?: SpanEvent;
  readonly log?: LogRecord;
}

/** Returns a context. By default, its point is the first one of the metric, its event the first one of the span. */
export function contextOf(item: Item = {}): OttlContext {
  const context = new OttlContext();
  context.resource = item.resource ?? resource();
  context.resourceSchemaUrl = 'r';
  context.scope = item.scope ?? scope();
  context.scopeSchemaUrl = 's';
  context.metric = item.metric ?? gauge('m', (item.point as never) ?? number(1n));
  const [point] = context.metric.dataPoints as readonly DataPoint[];
  context.point = item.point ?? point ?? number(1n);
  const [exemplar] = 'exemplars' in context.point ? (context.point.exemplars as (typeof context.exemplar)[]) : [];
  if (exemplar) context.exemplar = exemplar;
  context.span = item.span ?? span();
  const [event] = context.span.events;
  if (item.event ?? event) context.event = (item.event ?? event)!;
  context.log = item.log ?? logRecord();
  return context;
}

/** Runs statements in order and returns the resulting context. */
export function run(context: ContextName, item: Item, ...statements: string[]): OttlContext {
  const found = contextOf(item);
  for (const statement of statements) compileStatement(statement, { context, processor: 'transform' })(found);
  return found;
}

/** Whether a condition is true. */
export function holds(context: ContextName, item: Item, condition: string): boolean {
  return compileCondition(condition, { context, processor: 'filter' })(contextOf(item));
}
