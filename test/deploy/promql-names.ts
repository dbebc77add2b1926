/** Words of PromQL that stand where a metric name could. */
const keywords = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'start', 'end']);

/**
 * The metric names that an expression asks for: names that stand in it, and those of `{__name__=~"…"}` selectors, each as a pattern.
 * Grafana's variables (`$job`) may stand in it.
 */
export function metricNames(expr: string): string[] {
  const byPattern = [...expr.matchAll(/__name__=~?"([^"]*)"/g)].map((match) => match[1]!);
  const bare = expr
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
    .replace(/\{[^}]*\}/g, '{}')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\$\w+/g, 'fn')
    .replace(/(?<![\w:])\d[\w.]*/g, ' ');
  const names = [...bare.matchAll(/[a-zA-Z_:][\w:]*(?!\w)\s*(\()?/g)]
    .filter((match) => !match[1])
    .map((match) => match[0].trim())
    .filter((name) => !keywords.has(name.toLowerCase()));
  return [...byPattern, ...names];
}
