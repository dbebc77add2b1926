/**
 * PromQL for VictoriaMetrics, which has no native histograms and no functions for them: the alternatives about them are left out. The
 * rules mark these alternatives: a line that starts with `or histogram_`, and its continuation; or a group `or … ( # native` up to its
 * closing parenthesis.
 */
export function withoutNativeHistograms(expr: string): string {
  const kept: string[] = [];
  let closing: string | undefined;
  let isContinued = false;
  for (const line of expr.split('\n')) {
    const indent = /^ */.exec(line)![0];
    if (closing !== undefined) {
      if (line === closing) closing = undefined;
      continue;
    }
    if (/^ *or .*\( # native$/.test(line)) {
      closing = `${indent})`;
      continue;
    }
    if (/^ *or histogram_/.test(line)) {
      isContinued = true;
      continue;
    }
    if (isContinued && /^ *\/ /.test(line)) continue;
    isContinued = false;
    kept.push(line);
  }
  return kept.join('\n');
}
