import type { LogRecord, Logs, ResourceLogs } from '#pdata/logs.ts';
import type { ResourceSpans, Span, Traces } from '#pdata/traces.ts';
import type { ItemEnvelope } from '../keys/positions.ts';

/** Divides traces by the owner of each span. `first`: the first span of the same trace in the scope. */
export function splitTraces<Owner>(
  { resourceSpans }: Traces,
  ownerOf: (envelope: ItemEnvelope, span: Span, first: Span) => Owner,
): Map<Owner, Traces> {
  const parts = new Map<Owner, { resourceSpans: ResourceSpans[]; spanCount: number }>();
  for (const { resource, schemaUrl, scopeSpans } of resourceSpans) {
    for (const scope of scopeSpans) {
      const firstOfTrace = new Map<string, Span>();
      const envelope = { resource, scope: scope.scope };
      const divided = divide(scope.spans, (span) => {
        const first = firstOfTrace.get(span.traceId) ?? span;
        if (first === span) firstOfTrace.set(span.traceId, span);
        return ownerOf(envelope, span, first);
      });
      for (const [owner, spans] of divided) {
        const part = partOf(parts, owner, () => ({ resourceSpans: [], spanCount: 0 }));
        part.resourceSpans.push({ resource, schemaUrl, scopeSpans: [{ ...scope, spans }] });
        part.spanCount += spans.length;
      }
    }
  }
  return parts;
}

/** Divides logs by the owner of each record. */
export function splitLogs<Owner>(
  { resourceLogs }: Logs,
  ownerOf: (envelope: ItemEnvelope, record: LogRecord) => Owner,
): Map<Owner, Logs> {
  const parts = new Map<Owner, { resourceLogs: ResourceLogs[]; logRecordCount: number }>();
  for (const { resource, schemaUrl, scopeLogs } of resourceLogs) {
    for (const scope of scopeLogs) {
      const envelope = { resource, scope: scope.scope };
      for (const [owner, logRecords] of divide(scope.logRecords, (record) => ownerOf(envelope, record))) {
        const part = partOf(parts, owner, () => ({ resourceLogs: [], logRecordCount: 0 }));
        part.resourceLogs.push({ resource, schemaUrl, scopeLogs: [{ ...scope, logRecords }] });
        part.logRecordCount += logRecords.length;
      }
    }
  }
  return parts;
}

function divide<Item, Owner>(items: readonly Item[], ownerOf: (item: Item) => Owner): Map<Owner, Item[]> {
  return Map.groupBy(items, ownerOf);
}

function partOf<Owner, Part>(parts: Map<Owner, Part>, owner: Owner, create: () => Part): Part {
  let part = parts.get(owner);
  if (part === undefined) {
    part = create();
    parts.set(owner, part);
  }
  return part;
}
