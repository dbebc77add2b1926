import type { Problem, Problems } from '#api/overview.ts';
import type { ConflictView } from '#component/views/series-view.ts';
import { causesOf } from './causes.ts';
import { type ApiContext, offered } from './context.ts';
import { ranks } from './current-causes.ts';
import { destinationsOf } from './destinations.ts';
import { dropReasons } from './drop-reasons.ts';

const maxProblems = 500;
/** Time after which a rejection that was not repeated is no longer a problem, but information, ms. */
const pastMs = 30 * 60_000;

type Partly = Pick<Problem, 'level' | 'code' | 'title' | 'subject'> & Partial<Problem>;

/**
 * `GET problems`: everything that is dropped, refused, or in conflict, with its remedy. The most severe and latest are
 * first.
 */
export function problemsOf(context: ApiContext): Problems {
  const problems = [
    ...degraded(context),
    ...misdirected(context),
    ...dropped(context),
    ...conflicting(context),
    ...refused(context),
    ...unsent(context),
  ];
  problems.push(...logged(context, new Set(problems.map(({ code }) => code))));
  problems.sort((a, b) => ranks[a.level] - ranks[b.level] || (b.lastUnixMs ?? 0) - (a.lastUnixMs ?? 0));
  return { problems: problems.slice(0, maxProblems), more: Math.max(0, problems.length - maxProblems) };
}

function problem(parts: Partly): Problem {
  return {
    ...{ text: '', shown: '', hidden: '', client: '', count: 1, unit: '', remedy: '', section: '' },
    ...{ firstUnixMs: null, lastUnixMs: null },
    ...parts,
  };
}

function degraded({ views }: ApiContext): Problem[] {
  return views.problems().map(({ id, message }) =>
    problem({
      level: 'error',
      code: 'degraded',
      title: `${id} does not work as it should`,
      subject: id,
      text: message,
      remedy: 'pitot continues automatically after the cause is removed.',
      section: 'clients-receive-503',
    }),
  );
}

function misdirected(context: ApiContext): Problem[] {
  const since = context.clock.now() - pastMs;
  return causesOf(context.views).map(({ code, title, observed, remedy, level, rejected }) =>
    problem({
      level: rejected.lastUnixMs < since ? 'info' : level,
      ...{ code, title, remedy },
      subject: rejected.transport,
      text: observed,
      client: rejected.address,
      count: rejected.count,
      unit: 'requests',
      firstUnixMs: rejected.firstUnixMs,
      lastUnixMs: rejected.lastUnixMs,
      section: 'requests-are-rejected',
    }),
  );
}

function dropped({ views }: ApiContext): Problem[] {
  return offered(views, 'series').flatMap(({ view }) =>
    view.drops().map(({ reason, metric, target, points, firstUnixMs, lastUnixMs }) => {
      const { cause, action, isHarmless } = dropReasons[reason] ?? { cause: '', action: '' };
      return problem({
        level: isHarmless ? 'info' : 'warning',
        code: reason,
        title: cause === '' ? `Points were dropped: ${reason}` : cause,
        subject: metric,
        client: target,
        ...{ count: points, unit: 'points', firstUnixMs, lastUnixMs },
        remedy: action === 'None.' ? '' : action,
        section: 'data-points-are-dropped',
      });
    }),
  );
}

const conflictTexts: Readonly<Record<ConflictView['kind'], { title: string; remedy: string }>> = {
  type: {
    title: 'Two types share one name. The first type is shown.',
    remedy: 'Rename one metric (metrics_transform), or remove the wrong client.',
  },
  name: { title: 'A metric has a name that another metric’s samples use.', remedy: 'Rename one metric.' },
  help: { title: 'Clients describe one metric with different texts. The first is shown.', remedy: '' },
};

function conflicting({ views }: ApiContext): Problem[] {
  return offered(views, 'series').flatMap(({ view }) =>
    view.conflicts().map(({ name, kind, shown, hidden, seriesCount }) =>
      problem({
        level: kind === 'help' ? 'info' : 'warning',
        code: `${kind}_conflict`,
        ...conflictTexts[kind],
        subject: name,
        ...{ shown, hidden, count: seriesCount, unit: 'series' },
        section: kind === 'help' ? '' : 'data-points-are-dropped',
      }),
    ),
  );
}

function refused({ views }: ApiContext): Problem[] {
  return views
    .readings('otelcol_receiver_refused_metric_points')
    .filter(({ value }) => value > 0)
    .map(({ labels, value }) =>
      problem({
        level: 'error',
        code: 'refused',
        title: 'The pipeline refused data points. Clients retry for a limited time.',
        subject: labels.receiver ?? '',
        ...{ count: value, unit: 'points' },
        remedy: 'Check memory and storage.',
        section: 'clients-receive-503',
      }),
    );
}

/** Returns exporters that could not send points. */
function unsent(context: ApiContext): Problem[] {
  return destinationsOf(context)
    .filter(({ failed }) => failed > 0)
    .map(({ id, failed }) =>
      problem({
        level: 'error',
        code: 'send_failed',
        title: 'An exporter could not send data points.',
        subject: id,
        ...{ count: failed, unit: 'points' },
        remedy: 'The log entries of the exporter in this list say why. Check its endpoint, credentials, and queue.',
      }),
    );
}

/** Returns warnings and errors of the log. `codes`: reasons that this list contains already. */
function logged({ views }: ApiContext, codes: ReadonlySet<string>): Problem[] {
  const entries = views.logEntries().filter(({ fields }) => !codes.has(fields.reason ?? ''));
  return entries.map(({ level, message, component, fields, count, unixMs }) =>
    problem({
      level: level === 'error' ? 'warning' : 'info',
      code: 'log',
      title: message,
      subject: component,
      text: Object.entries(fields)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
      ...{ count, unit: 'entries', lastUnixMs: unixMs },
    }),
  );
}
