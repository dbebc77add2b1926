import fc from 'fast-check';
import { encodeMetrics, type OtlpKeyValue } from '../support/otlp.ts';

/** Pieces that would run code, leave their place, or confuse a parser if one of them were not escaped. */
const pieces = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(2)</script>',
  "' onmouseover='alert(3)",
  '</title></style></textarea></template><svg onload=alert(4)>',
  '<iframe srcdoc="<script>parent.alert(5)</script>">',
  '<a href="javascript:alert(6)">',
  'javascript:alert(7)',
  'data:text/html,<script>alert(8)</script>',
  '{{constructor.constructor("alert(9)")()}}',
  '${alert(10)}',
  ']]><!--',
  '-->',
  '&lt;script&gt;alert(11)&lt;/script&gt;',
  '%3Cscript%3Ealert(12)%3C/script%3E',
  '__proto__',
  'constructor',
  'toString',
  '\\',
  '"',
  '\n# TYPE x counter\n',
  '\r\nSet-Cookie: a=b\r\n\r\n',
  '\u0000\u0007\u001b[31m',
  '\u202eright to left\u202c',
  '\u2028\u2029',
  '\ud800',
  '🚀👩‍👩‍👧‍👦',
  'a\u0301'.repeat(40),
  'x'.repeat(2_000),
  '(a+)+$',
  '{a="b",c=~".*"}',
  '#/series/x?match=y',
  '../../etc/passwd',
] as const;

export const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 30 }), fc.string()), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join(''));

/** An OTLP request with hostile texts in every place that has text, and names that the Airflow view reads. */
export function hostileRequest(texts: readonly string[]): Buffer {
  const at = (i: number) => texts[i % texts.length]!;
  const attribute = (key: string, text: string): OtlpKeyValue => ({ key, value: { stringValue: text } });
  const now = BigInt(Date.now()) * 1_000_000n;
  const sum = (attributes: OtlpKeyValue[]) => ({
    aggregationTemporality: 2 as const,
    isMonotonic: true,
    dataPoints: [{ startTimeUnixNano: now - 60_000_000_000n, timeUnixNano: now, asInt: 1, attributes }],
  });
  const task = [attribute('dag_id', at(0)), attribute('task_id', at(1)), attribute('state', at(2))];
  return encodeMetrics({
    resourceMetrics: [
      {
        resource: {
          attributes: [
            attribute('service.name', at(3)),
            attribute('service.instance.id', at(4)),
            attribute('telemetry.sdk.language', at(5)),
            attribute('telemetry.sdk.version', at(6)),
            attribute(at(7), at(8)),
          ],
        },
        scopeMetrics: [
          {
            scope: { name: at(1), version: at(2) },
            metrics: [
              { name: at(0), description: at(1), unit: at(2), sum: sum([attribute(at(3), at(4))]) },
              { name: 'airflow.ti.finish', description: at(5), sum: sum(task) },
              { name: 'airflow.scheduler_heartbeat', description: at(6), sum: sum([]) },
              {
                name: 'airflow.pool.open_slots',
                sum: sum([attribute('pool_name', at(7))]),
              },
              { name: 'airflow.dag_processing.last_duration', sum: sum([attribute('file_name', at(8))]) },
            ],
          },
        ],
      },
    ],
  });
}

/** A configuration whose free texts are hostile. */
export function hostileConfig(base: object, [a, b]: readonly [string, string]): object {
  const { exporters, ...rest } = base as { exporters: { prometheus: object } };
  const text = (value: string) => value.replaceAll('$', '$$$$');
  const prometheus = { ...exporters.prometheus, const_labels: { hostile: text(a), other: text(b) } };
  return { ...rest, exporters: { prometheus } };
}
