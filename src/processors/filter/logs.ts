import type { Logs, ResourceLogs, ScopeLogs } from '#pdata/logs.ts';
import type { FilterConfig } from './config.ts';
import type { Drops, FilteredSignal } from './filter.ts';
import { keptItems } from './kept.ts';
import { logMatcher } from './log-matcher.ts';

/** @throws Error for invalid older settings */
export function filteredLogs(config: FilterConfig): FilteredSignal<Logs> {
  const keeps = logMatcher(config.logs);
  return {
    signal: 'logs',
    counter: ['otelcol_processor_filter_logs_filtered', 'Number of logs dropped by the filter processor'],
    count: ({ logRecordCount }) => logRecordCount,
    filter: filterLogs,
    keeps: keeps && (({ log, resource, scope }) => keeps(log, { resource, scope })),
    item: 'log',
  };
}

function filterLogs(logs: Logs, drops: Drops): Logs | undefined {
  const resourceLogs = keptItems(logs.resourceLogs, (each) => keptResource(each, drops));
  if (resourceLogs === logs.resourceLogs) return logs;
  if (resourceLogs.length === 0) return undefined;
  let logRecordCount = 0;
  for (const { scopeLogs } of resourceLogs) for (const scope of scopeLogs) logRecordCount += scope.logRecords.length;
  return { resourceLogs, logRecordCount };
}

function keptResource(each: ResourceLogs, drops: Drops): ResourceLogs | undefined {
  const { context } = drops;
  context.resource = each.resource;
  context.resourceSchemaUrl = each.schemaUrl;
  if (drops.drops('resource')) return undefined;
  const isDeeper = drops.has('scope') || drops.has('log');
  const scopeLogs = isDeeper ? keptItems(each.scopeLogs, (scope) => keptScope(scope, drops)) : each.scopeLogs;
  if (scopeLogs.length === 0) return undefined;
  return scopeLogs === each.scopeLogs ? each : { ...each, scopeLogs };
}

function keptScope(each: ScopeLogs, drops: Drops): ScopeLogs | undefined {
  const { context } = drops;
  context.scope = each.scope;
  context.scopeSchemaUrl = each.schemaUrl;
  if (drops.drops('scope')) return undefined;
  const logRecords = drops.has('log')
    ? keptItems(each.logRecords, (record) => {
        context.log = record;
        return drops.drops('log') ? undefined : record;
      })
    : each.logRecords;
  if (logRecords.length === 0) return undefined;
  return logRecords === each.logRecords ? each : { ...each, logRecords };
}
