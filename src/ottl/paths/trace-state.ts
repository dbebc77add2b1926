/** Members of a W3C trace state, in order. */
type TraceState = ReadonlyMap<string, string>;

const maxMembers = 32;
const keyPattern = /^(?:[a-z][_0-9a-z\-*/]{0,255}|[a-z0-9][_0-9a-z\-*/]{0,240}@[a-z][_0-9a-z\-*/]{0,13})$/;
const valuePattern = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** Parses the header `tracestate`. Returns undefined if it is not valid, same as the Collector. */
export function parseTraceState(text: string): TraceState | undefined {
  const members = new Map<string, string>();
  if (text === '') return members;
  for (const part of text.split(',')) {
    const member = part.replace(/^[ \t]+|[ \t]+$/g, '');
    if (member === '') continue;
    const equals = member.indexOf('=');
    const [key, value] = [member.slice(0, equals), member.slice(equals + 1)];
    if (equals < 0 || !keyPattern.test(key) || !valuePattern.test(value) || members.has(key)) return undefined;
    members.set(key, value);
    if (members.size > maxMembers) return undefined;
  }
  return members;
}

/** Returns a trace state in which the given member is first. Undefined if the member is invalid. */
export function withMember(members: TraceState, key: string, value: string): TraceState | undefined {
  if (!keyPattern.test(key) || !valuePattern.test(value)) return undefined;
  const others = [...members].filter(([other]) => other !== key);
  return new Map([[key, value], ...others.slice(0, maxMembers - 1)]);
}

/** Returns the members in the format of the header `tracestate`. */
export function traceStateText(members: TraceState): string {
  return [...members].map(([key, value]) => `${key}=${value}`).join(',');
}
