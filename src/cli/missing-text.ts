import { amount } from '#api/amount.ts';
import { printable } from '#text/printable.ts';
import type { Missing } from './missing-metric.ts';

/** Text for a metric of which pitot has found nothing. */
const withoutTrace =
  'No point with this name has been dropped: no client has sent it, or a processor removed it. `pitot tail NAME` shows points as they arrive.';

/** Returns the text that explains why a metric is missing. */
export function missingText(name: string, { problems, related, similar, requests }: Missing): string {
  const causes = problems.map(({ title, text, remedy, count, unit }) =>
    [
      `  ${title} (${amount(count, unit)})`,
      ...[text, remedy].filter((part) => part !== '').map((part) => `    ${part}`),
    ].join('\n'),
  );
  const list = (title: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${title}\n${names.map((each) => `  ${each}`).join('\n')}`];
  const found = [
    ...(causes.length > 0 ? [`Problems with this name:\n${causes.join('\n')}`] : []),
    ...list('Metrics with similar names:', related),
    ...list('Did you mean:', similar),
  ];
  return [
    `${name} has no series in the output.`,
    ...inRecording(requests, causes.length > 0),
    ...(found.length === 0 && requests === undefined ? [withoutTrace] : found),
    '',
  ]
    .map((part) =>
      part
        .split('\n')
        .map((text) => printable(text))
        .join('\n'),
    )
    .join('\n');
}

function inRecording(requests: number | undefined, hasCause: boolean): string[] {
  if (requests === undefined) return [];
  if (requests === 0) return ['No recorded request contains it.'];
  const cause = hasCause ? '' : ' Its points had no value, or a processor of the pipeline removes it.';
  return [`${requests === 1 ? '1 recorded request contains' : `${requests} recorded requests contain`} it.${cause}`];
}
