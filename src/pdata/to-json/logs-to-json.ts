import type { Slices } from '#flow/slices.ts';
import type { LogRecord, Logs } from '../logs.ts';
import { recordGroups } from '../request-groups.ts';
import { groupsToJson } from './groups-to-json.ts';
import { anyValue, attributes, type JsonPart, long, small, text } from './json-parts.ts';

const names = { resources: 'resourceLogs', scopes: 'scopeLogs', items: 'logRecords' };

/** Returns an ExportLogsServiceRequest in JSON, see `groupsToJson`. */
export function logsToJson(logs: Logs): Slices<string> {
  return groupsToJson(recordGroups(logs), names, (output, record) => void output.writePart(recordPart(record)));
}

function recordPart(record: LogRecord): JsonPart {
  return {
    timeUnixNano: long(record.timeUnixNano),
    observedTimeUnixNano: long(record.observedTimeUnixNano),
    severityNumber: small(record.severityNumber),
    severityText: text(record.severityText),
    body: anyValue(record.body),
    attributes: attributes(record.attributes),
    droppedAttributesCount: small(record.droppedAttributesCount),
    flags: small(record.flags),
    traceId: text(record.traceId),
    spanId: text(record.spanId),
    eventName: text(record.eventName),
  };
}
