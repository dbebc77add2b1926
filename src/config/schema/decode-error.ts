import type { z } from 'zod';

/** Origin of a decode error: the keys from the decoded value down, and the unknown ones among them. */
export interface DecodeSource {
  readonly path: readonly string[];
  readonly message: string;
}

/** Problems of one value in the Collector's words. */
export interface DecodeFailure {
  readonly message: string;
  readonly sources: readonly DecodeSource[];
}

/**
 * Returns the Collector's message for an invalid value, one line per problem: `decoding failed due to the following
 * error(s):`, a blank line, `'path.to.key' words`.
 * @param goType name of the value's type, used instead of an empty path
 */
export function decodeFailure(issues: readonly z.core.$ZodIssue[], goType: string): DecodeFailure {
  const lines: string[] = [];
  const sources: DecodeSource[] = [];
  for (const issue of issues) {
    const name = issue.path.reduce<string>((text, part) => append(text, String(part)), '');
    const path = issue.path.map((part) => String(part).replace(/^\[(.*)\]$/s, '$1'));
    if (issue.code === 'unrecognized_keys') {
      const keys = [...issue.keys].sort();
      lines.push(`'${name === '' ? goType : name}' has invalid keys: ${keys.join(', ')}`);
      sources.push(...keys.map((key) => ({ path: [...path, key], message: 'unknown key' })));
      continue;
    }
    lines.push(`'${name}' ${issue.message}`);
    const inner = issue.code === 'custom' ? (issue.params?.sources as DecodeSource[] | undefined) : undefined;
    if (inner) sources.push(...inner.map((source) => ({ ...source, path: [...path, ...source.path] })));
    else sources.push({ path, message: issue.message });
  }
  return { message: `decoding failed due to the following error(s):\n\n${lines.join('\n')}`, sources };
}

/** Map keys and list positions are written as `[…]` without a preceding dot. */
function append(name: string, part: string): string {
  if (part.startsWith('[') || name === '') return name + part;
  return `${name}.${part}`;
}
