import type { Source, Sources } from '#api/service.ts';
import type { SourceProcess } from '#component/views/clients-view.ts';
import { type ApiContext, finite, offered } from './context.ts';
import { duration } from './words.ts';

const maxSources = 1_000;
/** Maximum number of requests of a short-lived process, and the time for which it is silent, ms. */
const shortLivedRequests = 3;
const silentMs = 2 * 60_000;
/** Difference between clocks above which a warning is shown, ms. */
const maxSkewMs = 60_000;

/** `GET sources`: the processes that send. */
export function sourcesOf({ views, clock }: ApiContext): Sources {
  const nowUnixMs = clock.now();
  const clients = offered(views, 'clients');
  const all = clients.flatMap(({ component, view }) =>
    view.sources(maxSources).map((source) => ({ receiver: component.id, source })),
  );
  const isShortLived = ({ source }: (typeof all)[number]) =>
    source.requests <= shortLivedRequests && nowUnixMs - source.lastUnixMs > silentMs;
  return {
    known: clients.reduce((sum, { view }) => sum + view.known, 0),
    evicted: clients.reduce((sum, { view }) => sum + view.evicted, 0),
    emptyRequests: clients.reduce((sum, { view }) => sum + view.emptyRequests, 0),
    sources: all.filter((each) => !isShortLived(each)).map(({ receiver, source }) => sourceForApi(receiver, source)),
    shortLived: byJob(all.filter(isShortLived).map(({ source }) => source)),
  };
}

function byJob(processes: readonly SourceProcess[]): Sources['shortLived'] {
  const jobs = new Map<string, Sources['shortLived'][number]>();
  for (const { job, points, requests, lastUnixMs } of processes) {
    const known = jobs.get(job) ?? { job, processes: 0, points: 0, requests: 0, lastUnixMs: 0 };
    jobs.set(job, {
      job,
      processes: known.processes + 1,
      points: known.points + points,
      requests: known.requests + requests,
      lastUnixMs: Math.max(known.lastUnixMs, lastUnixMs),
    });
  }
  return [...jobs.values()].sort((a, b) => b.processes - a.processes);
}

function sourceForApi(receiver: string, source: SourceProcess): Source {
  const { job, process, address, transport, userAgent, firstUnixMs, lastUnixMs, requests, points, bytes, refused } =
    source;
  return {
    ...{ receiver, job, process, address, transport, userAgent },
    sdk: sdkOf(source.attributes),
    attributes: source.attributes.map(([key, value]) => [key, value] as [string, string]),
    ...{ firstUnixMs, lastUnixMs, requests, points, bytes, refused },
    intervalMs: finite(source.intervalMs),
    clockSkewMs: finite(source.clockSkewMs),
    warnings: warningsOf(source),
  };
}

/** Returns a text such as `python 1.45.2`. */
function sdkOf(attributes: SourceProcess['attributes']): string {
  const of = (key: string) => attributes.find(([name]) => name === key)?.[1] ?? '';
  return `${of('telemetry.sdk.language')} ${of('telemetry.sdk.version')}`.trim();
}

function warningsOf({ hasInstanceId, addresses, clockSkewMs, attributes, refused }: SourceProcess): Source['warnings'] {
  const warnings: Source['warnings'] = [];
  if (!hasInstanceId) {
    warnings.push({
      code: 'no_instance_id',
      text: 'No service.instance.id: several processes with the same attributes cannot be distinguished. SDK for Python 1.45 and later sets it.',
    });
  }
  if (hasInstanceId && addresses > 1) {
    warnings.push({
      code: 'two_writers',
      text: 'Two addresses send with the same service.instance.id. Give each process its own.',
    });
  }
  if (clockSkewMs !== undefined && Math.abs(clockSkewMs) > maxSkewMs) {
    const direction = clockSkewMs > 0 ? 'ahead of' : 'behind';
    warnings.push({
      code: 'wrong_clock',
      text: `Its data points are ${duration(Math.abs(clockSkewMs))} ${direction} pitot’s clock.`,
    });
  }
  if (isOldSdk(attributes)) {
    warnings.push({
      code: 'old_sdk',
      text: 'This SDK for Python uses one identity for all processes. Update to 1.45 or later.',
    });
  }
  if (refused > 0) warnings.push({ code: 'refused', text: `${refused} of its requests were refused.` });
  return warnings;
}

function isOldSdk(attributes: SourceProcess['attributes']): boolean {
  const language = attributes.find(([key]) => key === 'telemetry.sdk.language')?.[1];
  const version = /^(\d+)\.(\d+)/.exec(attributes.find(([key]) => key === 'telemetry.sdk.version')?.[1] ?? '');
  return language === 'python' && version !== null && Number(version[1]) === 1 && Number(version[2]) < 45;
}
