import type { ClientsView } from './clients-view.ts';
import type { RejectedRequests } from './rejection.ts';
import type { ScrapesView } from './scrapes-view.ts';
import type { SeriesView } from './series-view.ts';

/*
 * What components offer to those who look at a running pitot: the console, its JSON API, and through it the command line. A component
 * offers what it has; who looks pulls it. Nothing is computed, and nothing is kept beyond small bounded records, before somebody
 * asks. Everything is read on the event loop and must not be changed. Texts may come from outside and are not escaped.
 */

/** Views of one component; each is absent if the component has nothing of that kind. */
export interface ComponentViews {
  /** Open listeners. */
  readonly listeners?: () => readonly ListenerView[];
  /** Requests and connections that its listeners rejected, latest first; bounded. */
  readonly rejected?: () => readonly RejectedRequests[];
  readonly clients?: ClientsView;
  readonly series?: SeriesView;
  readonly scrapes?: () => ScrapesView;
  readonly queue?: () => QueueView;
}

/** An open port. */
export interface ListenerView {
  /** What it is for, such as `OTLP over HTTP`, `/metrics`, `console`. */
  readonly purpose: ListenerPurpose;
  /** As logged: `127.0.0.1:4318`, `[::]:4318`, or a path of a Unix socket. */
  readonly address: string;
  readonly hasTls: boolean;
  readonly hasAuth: boolean;
  /** Path that a browser or client asks for, such as `/metrics`. */
  readonly path: string;
}

export type ListenerPurpose =
  | 'otlp_http'
  | 'otlp_grpc'
  | 'metrics'
  | 'own_metrics'
  | 'health'
  | 'console'
  | 'zpages'
  | 'pprof';

/** A queue between two stages. */
interface QueueView {
  readonly unit: 'requests' | 'items' | 'bytes';
  readonly size: number;
  readonly capacity: number;
}
