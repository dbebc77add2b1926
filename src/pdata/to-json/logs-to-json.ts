import type { Slices } from '#flow/slices.ts';
import type { LogRecord, Logs } from '../logs.ts';
import { JsonOutput } from './json-output.ts';
import { anyValue, attributes, type JsonPart, long, resource, scope, small, text } from './json-parts.ts';

/** Returns an ExportLogsServiceRequest in OTLP's JSON form on one line, in slices. Fields are in the Collector's order. */
export function* logsToJson({ resourceLogs }: Logs): Slices<string> {
  const output = new JsonOutput();
  output.beginList({}, 'resourceLogs');
  for (const [r, one] of resourceLogs.entries()) {
    if (r > 0) output.write(',');
    output.beginList({ resource: resource(one.resource) }, 'scopeLogs');
    for (const [s, { scope: from, logRecords, schemaUrl }] of one.scopeLogs.entries()) {
      if (s > 0) output.write(',');
      output.beginList({ scope: scope(from) }, 'logRecords');
      for (const [i, record] of logRecords.entries()) {
        if (i > 0) output.write(',');
        output.writePart(recordPart(record));
        if (output.isPauseDue()) yield;
      }
      output.endList({ schemaUrl: text(schemaUrl) });
    }
    output.endList({ schemaUrl: text(one.schemaUrl) });
  }
  output.endList({});
  return output.text;
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
