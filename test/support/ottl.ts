import { compileCondition, compileStatement } from '#ottl/compile.ts';
import { type ContextName, OttlContext } from '#ottl/context.ts';
import type { DataPoint, InstrumentationScope, Metric, Resource } from '#pdata/metrics.ts';
import { gauge, number, resource, scope } from './pdata.ts';

/** Data that statements in tests read. Undefined parts have neutral defaults. */
export interface Item {
  readonly resource?: Resource;
  readonly scope?: InstrumentationScope;
  readonly metric?: Metric;
  readonly point?: DataPoint;
}

/** Returns a context. By default, its point is the first one of the metric. */
export function contextOf(item: Item = {}): OttlContext {
  const context = new OttlContext(item.resource ?? resource(), 'r', item.scope ?? scope(), 's');
  context.metric = item.metric ?? gauge('m', (item.point as never) ?? number(1n));
  context.point = item.point ?? (context.metric.dataPoints as readonly DataPoint[])[0];
  return context;
}

/** Runs statements in order and returns the resulting context. */
export function run(contextName: ContextName, item: Item, ...statements: string[]): OttlContext {
  const context = contextOf(item);
  for (const statement of statements) compileStatement(statement, contextName)(context);
  return context;
}

/** Whether a condition is true. */
export function holds(contextName: ContextName, item: Item, condition: string): boolean {
  return compileCondition(condition, contextName)(contextOf(item));
}
