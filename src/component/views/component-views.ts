import type { ClientsView } from './clients-view.ts';
import type { RejectedRequests } from './rejection.ts';
import type { RequestsView } from './requests-view.ts';
import type { ScrapesView } from './scrapes-view.ts';
import type { SeriesView } from './series-view.ts';

/*
 * Views of components for the console, its JSON API, and the command line. A component provides the views that it has,
 * and a reader requests them. Nothing is computed before a request, and nothing is stored except small limited records.
 * Everything is read on the event loop and must not be changed. Texts can come from outside pitot and are not escaped.
 */

/** Views of one component; each is absent if the component has nothing of that kind. */
export interface ComponentViews {
  /** Open listeners. */
  readonly listeners?: () => readonly ListenerView[];
  /** Requests and connections that its listeners rejected, latest first. The number is limited. */
  readonly rejected?: () => readonly RejectedRequests[];
  readonly clients?: ClientsView;
  readonly requests?: RequestsView;
  readonly series?: SeriesView;
  readonly scrapes?: () => ScrapesView;
  readonly queue?: () => QueueView;
}

/** An open port. */
export interface ListenerView {
  /** Purpose, such as `OTLP over HTTP`, `/metrics`, or `console`. */
  readonly purpose: ListenerPurpose;
  /** Address as logged: `127.0.0.1:4318`, `[::]:4318`, or the path of a Unix socket. */
  readonly address: string;
  readonly hasTls: boolean;
  readonly hasAuth: boolean;
  /** Path that a browser or client requests, such as `/metrics`. */
  readonly path: string;
}

export type ListenerPurpose =
  | 'otlp_http'
  | 'otlp_grpc'
  | 'metrics'
  | 'own_metrics'
  | 'health'
  | 'health_grpc'
  | 'console'
  | 'zpages'
  | 'pprof';

/** A queue between two stages. */
export interface QueueView {
  readonly unit: 'requests' | 'items' | 'bytes';
  readonly size: number;
  readonly capacity: number;
}
