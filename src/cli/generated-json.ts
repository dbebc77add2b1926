import { parseAllDocuments } from 'yaml';

/** Returns a generated file as a value: of YAML, its document, or a Kubernetes List of several; of a systemd unit, its sections. */
export function asJson(text: string): unknown {
  if (text.startsWith('[')) return sectionsOf(text);
  const items = parseAllDocuments(text).map((document): unknown => document.toJS());
  return items.length === 1 ? items[0] : { apiVersion: 'v1', kind: 'List', items };
}

/** Sections of a unit. A key that occurs more than once has a list of values. */
function sectionsOf(unit: string): Record<string, Record<string, string | string[]>> {
  const sections: Record<string, Record<string, string | string[]>> = {};
  let current: Record<string, string | string[]> = {};
  for (const line of unit.split('\n')) {
    const section = /^\[(\w+)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      current = {};
      sections[section] = current;
    }
    const [, key, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    const before = current[key];
    current[key] = before === undefined ? value : [before, value].flat();
  }
  return sections;
}
