import type { LogRecord, Logs, ResourceLogs, ScopeLogs } from '#pdata/logs.ts';
import { mapChanged } from './same-or-new.ts';
import type { TransformStep } from './transform.ts';

/** Applies statements to log records, their scopes, and resources. Unchanged parts are shared. */
export function transformLogs(logs: Logs, step: TransformStep): Logs {
  const resourceLogs = mapChanged(logs.resourceLogs, (each) => ofResource(each, step));
  return resourceLogs === logs.resourceLogs ? logs : { ...logs, resourceLogs };
}

function ofResource(each: ResourceLogs, step: TransformStep): ResourceLogs {
  const { context } = step;
  context.resource = each.resource;
  context.resourceSchemaUrl = each.schemaUrl;
  let { scopeLogs } = each;
  if (step.name === 'resource') step.run(context);
  else scopeLogs = mapChanged(scopeLogs, (scope) => ofScope(scope, step));
  const { resource, resourceSchemaUrl: schemaUrl } = context;
  if (resource === each.resource && schemaUrl === each.schemaUrl && scopeLogs === each.scopeLogs) return each;
  return { resource, schemaUrl, scopeLogs };
}

function ofScope(each: ScopeLogs, step: TransformStep): ScopeLogs {
  const { context } = step;
  context.scope = each.scope;
  context.scopeSchemaUrl = each.schemaUrl;
  let { logRecords } = each;
  if (step.name === 'scope') step.run(context);
  else logRecords = mapChanged(logRecords, (record) => ofRecord(record, step));
  const { scope, scopeSchemaUrl: schemaUrl } = context;
  if (scope === each.scope && schemaUrl === each.schemaUrl && logRecords === each.logRecords) return each;
  return { scope, schemaUrl, logRecords };
}

function ofRecord(record: LogRecord, { context, run }: TransformStep): LogRecord {
  context.log = record;
  run(context);
  return context.log;
}
