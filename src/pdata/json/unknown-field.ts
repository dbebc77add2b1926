import { isScalar, type Message } from './message-schema.ts';
import { metricsRequest } from './otlp-messages.ts';

/** Maximum size of JSON to look into, bytes. */
const maxSize = 65_536;

/** Returns a field of a request in JSON that is not one of OTLP metrics, and is therefore ignored. Undefined if there is none. */
export function unknownMetricsField(json: Buffer): string | undefined {
  if (json.length > maxSize) return undefined;
  try {
    return unknownIn(JSON.parse(json.toString()), metricsRequest);
  } catch {
    // Go accepts some JSON that JavaScript does not.
    return undefined;
  }
}

function unknownIn(value: unknown, message: Message): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (const element of value) {
      const found = unknownIn(element, message);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  for (const [key, inner] of Object.entries(value)) {
    const field = message.get(key);
    if (field === undefined) return key;
    const found = isScalar(field.content) ? undefined : unknownIn(inner, field.content);
    if (found !== undefined) return found;
  }
  return undefined;
}
