import type { RejectedRequests } from '#component/views/rejection.ts';
import type { ServiceViews } from '#component/views/service-views.ts';
import { explainRejection, portsOf } from '#http/rejection-causes.ts';
import { offered } from './context.ts';

/** The mistake of a misdirected client, and its correction. */
export interface Cause {
  readonly code: string;
  readonly title: string;
  /** Data that arrived. */
  readonly observed: string;
  readonly remedy: string;
  readonly level: 'error' | 'warning' | 'info';
  readonly rejected: RejectedRequests;
}

/** Returns the causes that the data of clients reveals, latest first. */
export function causesOf(views: ServiceViews): Cause[] {
  const ports = portsOf(views);
  return offered(views, 'rejected')
    .flatMap(({ view, component }) => view().map((rejected) => ({ rejected, component: component.id })))
    .sort((a, b) => b.rejected.lastUnixMs - a.rejected.lastUnixMs)
    .map(({ rejected, component }) => ({
      code: rejected.reason,
      rejected,
      ...explainRejection(rejected, { ports, component }),
      observed: observed(rejected),
    }));
}

function observed({ transport, method, path, contentType, userAgent, detail, port }: RejectedRequests): string {
  const request = [method, path].filter((text) => text !== '').join(' ');
  const what = request === '' ? detail || 'a connection' : `${request}${contentType === '' ? '' : `, ${contentType}`}`;
  const facts = [port > 0 ? `port ${port}` : transport, userAgent, request === '' ? '' : detail];
  return `${what} (${facts.filter((text) => text !== '').join('; ')})`;
}
