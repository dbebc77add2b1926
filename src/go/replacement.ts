import type { RE2JS } from 're2js';

/** `$$`, `${name}` or `$name`, the name as long as it goes. */
const reference = /\$(?:\$|\{(\w+)\}|(\w+))/g;

/**
 * Replaces every match as Go's regexp.ReplaceAllString: in the template `$1`, `${1}`, `$name` and `${name}` are groups (empty when there
 * is no such group, or it took no part), `$$` is a dollar, any other `$` is itself. As in Go `$1x` is the group named `1x`.
 */
export function replaceAllGo(pattern: RE2JS, text: string, template: string): string {
  const names = pattern.namedGroups();
  return pattern.matcher(text).replaceAll((...match: (string | undefined)[]) =>
    template.replace(reference, (whole, braced?: string, bare?: string) => {
      if (whole === '$$') return '$';
      const name = (braced ?? bare)!;
      const index = /^(?:0|[1-9]\d*)$/.test(name) ? Number(name) : names[name];
      return index === undefined || index > pattern.groupCount() ? '' : (match[index] ?? '');
    }),
  );
}
