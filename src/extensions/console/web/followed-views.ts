/** Listens to all current views of one kind. A reload can replace them. */
export class FollowedViews<View> {
  readonly #views: () => readonly View[];
  readonly #listen: (view: View) => () => void;
  readonly #stops = new Map<View, () => void>();

  /** `listen` begins to listen to a view, and returns a function that ends it. */
  constructor(views: () => readonly View[], listen: (view: View) => () => void) {
    this.#views = views;
    this.#listen = listen;
    this.update();
  }

  /** Listens to new views, and no longer to those that are gone. */
  update(): void {
    const views = this.#views();
    for (const view of views) if (!this.#stops.has(view)) this.#stops.set(view, this.#listen(view));
    for (const [view, stop] of this.#stops) {
      if (views.includes(view)) continue;
      stop();
      this.#stops.delete(view);
    }
  }

  stop(): void {
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
  }
}
