import type { Clock, ServiceDescription } from '#component/component.ts';
import type { ComponentViews } from '#component/views/component-views.ts';
import type { ServiceViews, ViewedComponent } from '#component/views/service-views.ts';
import type { Sampler } from '../observe/sampler.ts';

/** What the API is computed from. */
export interface ApiContext {
  readonly clock: Clock;
  readonly views: ServiceViews;
  readonly sampler: Sampler;
  readonly startedUnixMs: number;
  describe(): ServiceDescription;
}

/** A view that a component offers, with the component. */
export interface Offered<View> {
  readonly component: ViewedComponent;
  readonly view: View;
}

/** All components that offer a view. */
export function offered<Name extends keyof ComponentViews>(
  views: ServiceViews,
  name: Name,
): Offered<NonNullable<ComponentViews[Name]>>[] {
  return views.components().flatMap((component) => {
    const view = component.views[name];
    return view === undefined ? [] : [{ component, view: view as NonNullable<ComponentViews[Name]> }];
  });
}

/** A number for JSON. */
export function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** A request that cannot be answered; the message is for the user. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
