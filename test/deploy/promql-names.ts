/** PromQL keywords in positions where a metric name is possible. */
const keywords = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'start', 'end']);

/**
 * Returns the metric names in an expression: plain names, and those of `{__name__=~"…"}` selectors, each as a pattern. The expression can
 * contain Grafana's variables (`$job`).
 */
export function metricNames(expr: string): string[] {
  const byPattern = [...expr.matchAll(/__name__=~?"([^"]*)"/g)].map((match) => match[1]!);
  const bare = expr
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
    .replace(/#.*$/gm, ' ')
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
    .replace(/\{[^}]*\}/g, '{}')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\$\w+(?=\()/g, 'fn')
    .replace(/\$\w+/g, ' ')
    .replace(/(?<![\w:])\d[\w.]*/g, ' ');
  const names = [...bare.matchAll(/[a-zA-Z_:][\w:]*(?!\w)\s*(\()?/g)]
    .filter((match) => !match[1])
    .map((match) => match[0].trim())
    .filter((name) => !keywords.has(name.toLowerCase()));
  return [...byPattern, ...names];
}
