import type { DataPoint, Metric } from '#pdata/metrics.ts';
import { seriesPosition } from '#sharding/series-position.ts';
import type { LoadBalancingConfig } from '../config.ts';
import { pointPosition, recordPosition, spanPosition } from '../keys/positions.ts';
import type { Split } from '../load-balancer.ts';
import { splitLogs, splitTraces } from './split-items.ts';
import { splitMetrics } from './split-metrics.ts';

/** Number of positions for log records without a trace ID. */
const randomPositions = 131_071;

/** @throws Error if metrics do not have the routing key */
export function metricsSplit(config: LoadBalancingConfig): Split<'metrics'> {
  const { routingKey, routingAttributes, series } = config;
  if (routingKey === 'series') {
    const position = seriesPosition(series);
    return (data, rings) =>
      splitMetrics(
        data,
        (envelope, point) => rings.ownerOf(position(envelope, point), beginning(envelope.metric, point))!,
      );
  }
  const position = pointPosition(routingKey, routingAttributes) ?? refuse(routingKey);
  return (data, { current }) => splitMetrics(data, (...point) => current.ownerOf(position(...point))!);
}

/** @throws Error if traces do not have the routing key */
export function tracesSplit({ routingKey, routingAttributes }: LoadBalancingConfig): Split<'traces'> {
  const position = spanPosition(routingKey, routingAttributes) ?? refuse(routingKey);
  return (data, { current }) => splitTraces(data, (...span) => current.ownerOf(position(...span))!);
}

/** @throws Error if logs do not have the routing key */
export function logsSplit({ routingKey, routingAttributes }: LoadBalancingConfig): Split<'logs'> {
  const random = () => Math.floor(Math.random() * randomPositions);
  const position = recordPosition(routingKey, routingAttributes, random) ?? refuse(routingKey);
  return (data, { current }) => splitLogs(data, (...record) => current.ownerOf(position(...record))!);
}

/** Time that decides between rings: the beginning of what accumulates, and the time of a value that replaces the one before. */
function beginning(metric: Metric, { startTimeUnixNano, timeUnixNano }: DataPoint): bigint {
  const accumulates = metric.type !== 'Gauge' && !(metric.type === 'Sum' && !metric.isMonotonic);
  return accumulates && startTimeUnixNano !== 0n ? startTimeUnixNano : timeUnixNano;
}

function refuse(routingKey: string): never {
  throw new Error(`unsupported routing_key: ${JSON.stringify(routingKey)}`);
}
