import type { Tail } from '#api/tail.ts';
import type { SeriesView, TappedPoint } from '#component/views/series-view.ts';
import type { PointFilter } from '../api/point-filter.ts';
import { shortened } from '../api/series.ts';
import type { EventStream } from './event-streams.ts';
import { FollowedViews } from './followed-views.ts';

/** Interval of events, ms. */
const periodMs = 250;
/** Maximum number of points in one event. Others are counted. */
const maxListed = 50;
/** Maximum number of points of one request to check. Others are neither listed nor counted. */
const maxLookedAt = 2_000;
/** Maximum number of listed attributes of a point. */
const maxAttributes = 64;

/**
 * Sends matching data points to one client as they are applied. Never waits for the client; points above a limit are
 * only counted.
 */
export class LiveTail {
  readonly #stream: EventStream;
  readonly #filter: PointFilter;
  readonly #followed: FollowedViews<SeriesView>;
  readonly #timer: NodeJS.Timeout;
  #points: Tail['points'] = [];
  #missed = 0;

  /** `views` returns the current stores; a reload can replace them. */
  constructor(stream: EventStream, views: () => readonly SeriesView[], filter: PointFilter) {
    this.#stream = stream;
    this.#filter = filter;
    this.#followed = new FollowedViews(views, (view) => view.tap((points) => this.#take(points)));
    this.#timer = setInterval(() => this.#send(), periodMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#followed.stop();
  }

  #take(points: Iterable<TappedPoint>): void {
    let seen = 0;
    for (const point of points) {
      if (++seen > maxLookedAt) return;
      if (!this.#filter.matches(point)) continue;
      if (this.#points.length >= maxListed) this.#missed += 1;
      else this.#points.push(pointForApi(point));
    }
  }

  #send(): void {
    this.#followed.update();
    if (this.#points.length === 0 && this.#missed === 0) return;
    if (!this.#stream.isReady) {
      this.#missed += this.#points.length;
      this.#points = [];
      return;
    }
    this.#stream.send('points', { points: this.#points, missed: this.#missed } satisfies Tail);
    this.#points = [];
    this.#missed = 0;
  }
}

function pointForApi(point: TappedPoint): Tail['points'][number] {
  const { unixMs, metricName, metricType, unit, job, process } = point;
  return {
    unixMs,
    metric: shortened(metricName),
    type: metricType,
    unit: shortened(unit),
    job: shortened(job),
    process: shortened(process),
    attributes: point
      .attributes()
      .slice(0, maxAttributes)
      .map(([key, value]) => [shortened(key), shortened(value)] as [string, string]),
    value: shortened(point.valueText()),
    line: (point.line() ?? '').slice(0, 4_000),
  };
}
