import { compileCondition, compileStatement } from '#ottl/compile.ts';
import { type ContextName, OttlContext } from '#ottl/context.ts';
import type { DataPoint, InstrumentationScope, Metric, Resource } from '#pdata/metrics.ts';
import { gauge, number, resource, scope } from './pdata.ts';

/** What statements of tests look at; what is not given has a quiet default. */
export interface Item {
  readonly resource?: Resource;
  readonly scope?: InstrumentationScope;
  readonly metric?: Metric;
  readonly point?: DataPoint;
}

/** A context whose point is the metric's first one unless said. */
export function contextOf(item: Item = {}): OttlContext {
  const context = new OttlContext(item.resource ?? resource(), 'r', item.scope ?? scope(), 's');
  context.metric = item.metric ?? gauge('m', (item.point as never) ?? number(1n));
  context.point = item.point ?? (context.metric.dataPoints as readonly DataPoint[])[0];
  return context;
}

/** Runs statements, one after the other, and gives what they made of the item. */
export function run(contextName: ContextName, item: Item, ...statements: string[]): OttlContext {
  const context = contextOf(item);
  for (const statement of statements) compileStatement(statement, contextName)(context);
  return context;
}

/** Whether a condition holds. */
export function holds(contextName: ContextName, item: Item, condition: string): boolean {
  return compileCondition(condition, contextName)(contextOf(item));
}
