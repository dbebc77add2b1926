/** Finds the endpoints of the backends. */
export interface Resolver {
  /** Name in the Collector's metrics. */
  readonly name: 'static' | 'dns' | 'k8s';
  /** Calls `changed` with the first endpoints, and whenever they change. Resolves when the search has begun. */
  start(changed: (endpoints: readonly string[]) => void): Promise<void>;
  stop(): Promise<void>;
}

/** Called after each attempt to find the endpoints. */
export type OnResolution = (success: boolean) => void;

/** Returns the endpoints of the configuration, which never change. */
export class StaticResolver implements Resolver {
  readonly name = 'static';
  readonly #endpoints: readonly string[];
  readonly #onResolution: OnResolution;

  constructor(endpoints: readonly string[], onResolution: OnResolution) {
    this.#endpoints = endpoints;
    this.#onResolution = onResolution;
  }

  async start(changed: (endpoints: readonly string[]) => void): Promise<void> {
    this.#onResolution(true);
    changed(this.#endpoints);
  }

  async stop(): Promise<void> {}
}
