import type { Clock, ServiceDescription } from '#component/component.ts';
import type { ComponentViews } from '#component/views/component-views.ts';
import type { ServiceViews, ViewedComponent } from '#component/views/service-views.ts';
import type { Sampler } from '../observe/sampler.ts';

/** Data from which the API computes its responses. */
export interface ApiContext {
  readonly clock: Clock;
  readonly views: ServiceViews;
  readonly sampler: Sampler;
  readonly startedUnixMs: number;
  describe(): ServiceDescription;
}

/** A view, with the component that provides it. */
export interface Offered<View> {
  readonly component: ViewedComponent;
  readonly view: View;
}

/** Returns all components that provide a view. */
export function offered<Name extends keyof ComponentViews>(
  views: ServiceViews,
  name: Name,
): Offered<NonNullable<ComponentViews[Name]>>[] {
  return views.components().flatMap((component) => {
    const view = component.views[name];
    return view === undefined ? [] : [{ component, view: view as NonNullable<ComponentViews[Name]> }];
  });
}

/** Converts a number to JSON: null if it is not finite. */
export function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** A request that cannot be answered. The message is for the user. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
