import { isRawMap, type RawValue } from './raw-value.ts';

const schemes = /^(env|file|http|https|yaml):/i;
/** Forms of shells and of Compose: `NAME:-x`, `NAME-x`, `NAME:=x`, `NAME:?x`; and `NAME:x`. */
const shellForm = /^([A-Za-z_]\w*)(:?[-=?+]|:)(.*)$/s;

/** Returns what to write instead of a reference `${…}` that cannot be replaced. */
export function referenceRemedy(reference: string): string | undefined {
  const inner = reference.slice(2, -1).trim();
  if (inner === '' || inner === 'env:') return `write ${text('env:NAME')} with the name of a variable`;
  const scheme = schemes.exec(inner)?.[0];
  if (scheme !== undefined && scheme !== scheme.toLowerCase()) {
    return `write ${text(scheme.toLowerCase() + inner.slice(scheme.length))}`;
  }
  if (scheme !== undefined && scheme !== 'env:') return undefined;
  if (/^(aes|googlesecretmanager|s3|secretsmanager):/.test(inner)) {
    return `pitot does not read this source; put the value into a variable or a file, and write ${text('env:NAME')} or ${text('file:PATH')}`;
  }
  const [, name, operator = '', rest = ''] = shellForm.exec(inner.replace(/^env:/, '')) ?? [];
  if (name !== undefined) return `write ${text(/[?+]/.test(operator) ? `env:${name}` : `env:${name}:-${rest}`)}`;
  const escaped = `$${reference}`;
  return `a name has letters, digits, and underscores, and no digit at its beginning; a text that is not a reference is written ${quoted(escaped)}`;
}

const text = (inner: string) => quoted(`\${${inner}}`);
const quoted = (written: string) => JSON.stringify(written);

/** `$NAME` and `$(NAME)` are texts for the Collector. `$$NAME` says so, and `$1` is a group of a pattern. */
const lookalike = /(?<!\$)\$(?:([A-Z_][A-Z0-9_]+)|\(([A-Z_][A-Z0-9_]+)\))/;

/** Returns the texts of a configuration that look like references but are none: the key, and what to write. */
export function lookalikes(raw: RawValue, path: readonly string[] = []): { key: string; write: string }[] {
  if (typeof raw === 'string') {
    const [, plain, inParentheses] = lookalike.exec(raw) ?? [];
    const name = plain ?? inParentheses;
    return name === undefined ? [] : [{ key: path.join('::'), write: `\${env:${name}}` }];
  }
  if (Array.isArray(raw)) return raw.flatMap((item, index) => lookalikes(item, [...path, String(index)]));
  if (!isRawMap(raw)) return [];
  return Object.entries(raw).flatMap(([key, item]) => lookalikes(item, [...path, key]));
}
