import type { RE2JS } from 're2js';

/** `$$`, `${name}`, or `$name`, where the name is as long as possible. */
const reference = /\$(?:\$|\{(\w+)\}|(\w+))/g;

/**
 * Replaces every match like Go's `regexp.ReplaceAllString`. In the template, `$1`, `${1}`, `$name`, and `${name}` are
 * groups (empty if the pattern has no such group or the group did not match), `$$` is a dollar sign, and any other `$`
 * is literal. Same as in Go, `$1x` is the group named `1x`. `finish` transforms each replacement before it is inserted.
 */
export function replaceAllGo(
  pattern: RE2JS,
  text: string,
  template: string,
  finish: (replacement: string) => string = (replacement) => replacement,
): string {
  return pattern
    .matcher(text)
    .replaceAll((...match: (string | undefined)[]) => finish(expanded(pattern, template, (index) => match[index])));
}

/** Returns the template with the groups of a match, same as Go's `regexp.Expand`. */
export function expandGo(pattern: RE2JS, match: ReturnType<RE2JS['matcher']>, template: string): string {
  return expanded(pattern, template, (index) => match.group(index) ?? undefined);
}

function expanded(pattern: RE2JS, template: string, group: (index: number) => string | undefined): string {
  const names = pattern.namedGroups();
  return template.replace(reference, (whole, braced?: string, bare?: string) => {
    if (whole === '$$') return '$';
    const name = (braced ?? bare)!;
    const index = /^(?:0|[1-9]\d*)$/.test(name) ? Number(name) : names[name];
    return index === undefined || index > pattern.groupCount() ? '' : (group(index) ?? '');
  });
}
