import { type ByteString, toByteString } from '#bytes/utf8.ts';
import type { Slices } from '#flow/slices.ts';
import { timestampText } from '#go/timestamp.ts';
import type { LogRecord, Logs } from '#pdata/logs.ts';
import { AttributesBlocks, kindAndValue } from '../attributes-text.ts';
import type { BodyText } from '../body-text.ts';
import type { Layout } from '../layout.ts';
import { Envelope } from './envelope.ts';

const severities = ['Trace', 'Debug', 'Info', 'Warn', 'Error', 'Fatal'];

/** The detailed layout of logs. */
export class DetailedLogs implements Layout<Logs> {
  readonly #envelope = new Envelope();
  readonly #attributes = new AttributesBlocks('Attributes:');

  *write({ resourceLogs }: Logs, body: BodyText): Slices<void> {
    for (const [i, { resource, scopeLogs, schemaUrl }] of resourceLogs.entries()) {
      body.add(`ResourceLog #${i}\n${this.#envelope.resource(resource, schemaUrl)}`);
      for (const [j, { scope, logRecords, schemaUrl }] of scopeLogs.entries()) {
        body.add(`ScopeLogs #${j}\n${this.#envelope.scope('ScopeLogs', scope, schemaUrl)}`);
        for (const [k, record] of logRecords.entries()) {
          body.add(`LogRecord #${k}\n${this.#record(record)}`);
          if (body.isTooLong) return;
          if (body.isPauseDue()) yield;
        }
        if (body.isTooLong) return;
        if (body.isPauseDue()) yield;
      }
      if (body.isTooLong) return;
      if (body.isPauseDue()) yield;
    }
  }

  #record(record: LogRecord): ByteString {
    let text = `ObservedTimestamp: ${timestampText(record.observedTimeUnixNano)}\n`;
    text += `Timestamp: ${timestampText(record.timeUnixNano)}\n`;
    text += `SeverityText: ${toByteString(record.severityText)}\n`;
    text += `SeverityNumber: ${severityName(record.severityNumber)}(${record.severityNumber})\n`;
    if (record.eventName !== '') text += `EventName: ${toByteString(record.eventName)}\n`;
    text += `Body: ${kindAndValue(record.body)}\n`;
    text += this.#attributes.of(record.attributes);
    return `${text}Trace ID: ${record.traceId}\nSpan ID: ${record.spanId}\nFlags: ${record.flags}\n`;
  }
}

/** 1–24 are six names of four steps each (`Info`, `Info2` …); other numbers have no name. */
function severityName(severity: number): string {
  if (severity === 0) return 'Unspecified';
  const name = severities[Math.floor((severity - 1) / 4)];
  const step = ((severity - 1) % 4) + 1;
  return name === undefined ? '' : `${name}${step === 1 ? '' : step}`;
}
