/**
 * Go's replacement text in the words of re2js: `$1` and `${1}` are groups by number, `$name` and `${name}` by name, any other `$` is
 * itself.
 */
export function goReplacement(text: string): string {
  return text.replace(/\\|\$(?:(\d+)|\{(\d+)\}|(\w+)|\{(\w+)\})?/g, (whole, ...groups: (string | undefined)[]) => {
    const number = groups[0] ?? groups[1];
    const name = groups[2] ?? groups[3];
    if (number !== undefined) return `$${number}`;
    return name !== undefined ? `$\{${name}}` : `\\${whole}`;
  });
}
