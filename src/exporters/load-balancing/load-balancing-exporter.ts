import type { Component, ComponentSettings, Host } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import type { Signal, SignalData } from '#component/signals.ts';
import type { ComponentViews } from '#component/views/component-views.ts';
import { ExporterHelper } from '#exporterhelper/exporter-helper.ts';
import { previousRingsOf } from '#sharding/ring-config.ts';
import type { LoadBalancingConfig } from './config.ts';
import { LoadBalancer, type Split } from './load-balancer.ts';
import { balancerMetrics } from './own-metrics.ts';
import { createResolver } from './resolvers/create-resolver.ts';
import type { Resolver } from './resolvers/resolver.ts';

/** Sends each item to the endpoint that owns its routing key. */
export class LoadBalancingExporter<S extends Signal> implements Component, Consumer<SignalData[S]> {
  readonly #settings: ComponentSettings;
  readonly #resolver: Resolver;
  readonly #balancer: LoadBalancer<S>;
  readonly #helper: ExporterHelper<S>;
  readonly #metrics: ReturnType<typeof balancerMetrics>;
  #updates: Promise<void> = Promise.resolve();
  /** Whether the latest answer of the resolver was empty. */
  #hasNone = false;

  constructor(signal: S, config: LoadBalancingConfig, settings: ComponentSettings, split: Split<S>) {
    this.#settings = settings;
    this.#resolver = createResolver(config, settings.logger, (success) => this.#metrics.resolved(success));
    this.#metrics = balancerMetrics(settings, this.#resolver.name);
    this.#balancer = new LoadBalancer({
      signal,
      config: config.protocol.otlp,
      settings,
      previous: previousRingsOf(config.resolver.static?.previous ?? []),
      split,
      onAttempt: (endpoint, success, durationMs) => this.#metrics.attempted(endpoint, success, durationMs),
    });
    this.#helper = new ExporterHelper({
      signal,
      settings,
      queue: config.sendingQueue,
      retry: config.retryOnFailure,
      timeoutMs: config.timeout,
      send: (data, { client }) => this.#balancer.consume(data, client),
    });
  }

  async start(host: Host): Promise<void> {
    this.#balancer.start(host);
    await this.#helper.start(host);
    await this.#resolver.start((endpoints) => this.#changed(endpoints));
    await this.#updates;
  }

  consume(data: SignalData[S], context: ClientContext): Promise<void> | undefined {
    return this.#helper.consume(data, context);
  }

  views(): ComponentViews {
    return this.#helper.views();
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    await this.#resolver.stop();
    await this.#updates;
    await this.#helper.shutdown(deadline);
    await this.#balancer.shutdown(deadline);
  }

  /** Changes happen one after the other. */
  #changed(endpoints: readonly string[]): void {
    this.#updates = this.#updates.then(async () => {
      try {
        const isFirst = this.#balancer.endpoints.length === 0;
        // What waits for the endpoints would be lost, and none of them would get it.
        if (endpoints.length === 0 && !isFirst) return this.#noneFound();
        this.#hasNone = false;
        if (!(await this.#balancer.update(endpoints))) return;
        this.#metrics.changed(this.#balancer.endpoints.length);
        if (!isFirst) this.#settings.logger.info('The endpoints have changed', { endpoints: this.#balancer.endpoints });
      } catch (error) {
        this.#settings.logger.error('failed to create new exporter for endpoint', { error: (error as Error).message });
      }
    });
  }

  #noneFound(): void {
    if (this.#hasNone) return;
    this.#hasNone = true;
    this.#settings.logger.warn('The resolver has found no endpoints; the previous ones are kept', {
      endpoints: this.#balancer.endpoints,
    });
  }
}
