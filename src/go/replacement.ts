import type { RE2JS } from 're2js';

/** `$$`, `${name}` or `$name`, the name as long as it goes. */
const reference = /\$(?:\$|\{(\w+)\}|(\w+))/g;

/**
 * Replaces every match, same as Go's `regexp.ReplaceAllString`. In the template, `$1`, `${1}`, `$name` and `${name}` are groups (empty
 * if the pattern has no such group, or it took no part), `$$` is a dollar sign, and any other `$` is itself. As in Go, `$1x` is the
 * group named `1x`. `finish` changes each replacement before it takes its place.
 */
export function replaceAllGo(
  pattern: RE2JS,
  text: string,
  template: string,
  finish: (replacement: string) => string = (replacement) => replacement,
): string {
  const names = pattern.namedGroups();
  return pattern.matcher(text).replaceAll((...match: (string | undefined)[]) =>
    finish(
      template.replace(reference, (whole, braced?: string, bare?: string) => {
        if (whole === '$$') return '$';
        const name = (braced ?? bare)!;
        const index = /^(?:0|[1-9]\d*)$/.test(name) ? Number(name) : names[name];
        return index === undefined || index > pattern.groupCount() ? '' : (match[index] ?? '');
      }),
    ),
  );
}
