import { OttlParseError } from '#ottl/ottl-error.ts';
import type { OttlSignal } from '#ottl/signal-contexts.ts';
import { conditionGroups } from './condition-groups.ts';
import type { FilterConfig } from './config.ts';
import { severityNumber } from './log-matcher.ts';

/**
 * Returns the problems of a configuration: settings that exclude each other, and conditions that cannot be compiled.
 */
export function problemsOf(config: FilterConfig): string[] {
  const excluding = exclusionProblem(config);
  if (excluding !== undefined) return [excluding];
  return [
    ...(['metrics', 'traces', 'logs'] as const).flatMap((signal) => compileProblems(config, signal)),
    ...severityProblems(config),
  ];
}

function exclusionProblem({ metrics, traces, logs, spans, ...config }: FilterConfig): string | undefined {
  const byItem = {
    metrics: [...metrics.resource, ...metrics.metric, ...metrics.datapoint].length > 0,
    traces: [...traces.resource, ...traces.span, ...traces.spanevent].length > 0,
    logs: [...logs.resource, ...logs.logRecord].length > 0,
  };
  const older = {
    metrics: Boolean(metrics.include || metrics.exclude),
    spans: Boolean(spans.include || spans.exclude),
    logs: Boolean(logs.include || logs.exclude),
  };
  const names = {
    metrics: '"metrics.resource", "metrics.metric", "metrics.datapoint"',
    traces: '"traces.resource", "traces.span", "traces.spanevent"',
  };
  const inferred = (signal: string, others: string) =>
    `cannot use context inferred ${signal} conditions "${signal}_conditions" and the settings ${others} at the same time`;
  if (config.traceConditions.length > 0 && byItem.traces) return inferred('trace', names.traces);
  if (config.metricConditions.length > 0 && (byItem.metrics || older.metrics)) {
    return inferred('metric', `${names.metrics}, "metrics.include", "metrics.exclude"`);
  }
  if (config.logConditions.length > 0 && (byItem.logs || older.logs)) {
    return inferred('log', '"logs.resource", "logs.log", "logs.include", "logs.exclude"');
  }
  if (byItem.traces && older.spans) {
    return `cannot use ${names.traces} and the span settings "spans.include", "spans.exclude" at the same time`;
  }
  if (byItem.metrics && older.metrics) {
    return `cannot use ${names.metrics} and the settings "metrics.include", "metrics.exclude" at the same time`;
  }
  if (byItem.logs && older.logs) {
    return 'cannot use "logs.resource", "logs.log" and the settings "logs.include", "logs.exclude" at the same time';
  }
  return undefined;
}

function compileProblems(config: FilterConfig, signal: OttlSignal): string[] {
  try {
    conditionGroups(config, signal);
    return [];
  } catch (error) {
    if (error instanceof OttlParseError) return [error.message];
    throw error;
  }
}

function severityProblems({ logs }: FilterConfig): string[] {
  return [logs.include, logs.exclude].flatMap((properties) => {
    const min = properties?.severityNumber?.min ?? '';
    if (min === '' || severityNumber(min) !== undefined) return [];
    return [`'${min}' is not a valid severity: not a valid severity`];
  });
}
