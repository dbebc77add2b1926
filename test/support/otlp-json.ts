import { encodeLogs, encodeMetrics, encodeTraces } from './otlp.ts';

const hexFields = new Set(['traceId', 'spanId', 'parentSpanId']);
const encoders = { metrics: encodeMetrics, traces: encodeTraces, logs: encodeLogs };

/** Returns an OTLP/JSON request as protobuf bytes. In OTLP/JSON, IDs are hexadecimal, and doubles can be `"NaN"` or `"Infinity"`. */
export function encodeOtlpJson(signal: 'metrics' | 'traces' | 'logs', request: object): Buffer {
  return encoders[signal](converted(request) as object);
}

function converted(value: unknown, key = ''): unknown {
  if (typeof value === 'string' && hexFields.has(key)) return Buffer.from(value, 'hex');
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity')
    return key === 'stringValue' ? value : Number(value);
  if (Array.isArray(value)) return value.map((item) => converted(item));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, converted(item, name)]));
}
