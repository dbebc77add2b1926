import { Memo } from '#cache/memo.ts';
import type { Component, ComponentSettings } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { SettingError } from '#component/errors.ts';
import { timerDelay } from '#component/timer-delay.ts';
import type { MapResourceParts, ResourcePart } from '#pdata/map-resource-parts.ts';
import type { Resource } from '#pdata/metrics.ts';
import type { ResourceDetectionConfig } from './config.ts';
import { createDetector } from './create-detector.ts';
import { detectResource } from './detected-resource.ts';
import { type Detected, type Detector, nothingDetected } from './detector.ts';
import { isSupported, unknownDetector } from './detector-names.ts';
import { mergedAttributes, mergedSchemaUrl } from './merge.ts';

/** Maximum number of resources whose merged form is cached. */
const remembered = 4096;

/**
 * Adds the attributes that the detectors find to every resource. Detects at startup and, with `refresh_interval`,
 * repeatedly.
 */
export class ResourceDetectionProcessor<Data> implements Component, Consumer<Data> {
  readonly #config: ResourceDetectionConfig;
  readonly #settings: ComponentSettings;
  readonly #mapParts: MapResourceParts<Data>;
  readonly #next: Consumer<Data>;
  readonly #detectors: ReadonlyMap<string, Detector>;
  readonly #stop = new AbortController();
  #detected: Detected = nothingDetected;
  #resources = new Memo<Resource, Resource>(remembered);
  #refreshing: NodeJS.Timeout | undefined;

  /** @throws Error if a detector does not exist, or pitot supports none of them */
  constructor(
    config: ResourceDetectionConfig,
    settings: ComponentSettings,
    mapParts: MapResourceParts<Data>,
    next: Consumer<Data>,
  ) {
    this.#config = config;
    this.#settings = settings;
    this.#mapParts = mapParts;
    this.#next = next;
    this.#detectors = detectorsOf(config, settings);
  }

  async start(): Promise<void> {
    await this.#detect();
    const { refreshInterval } = this.#config;
    if (refreshInterval <= 0) return;
    this.#refreshing = setInterval(() => void this.#refresh(), timerDelay(refreshInterval)).unref();
  }

  async shutdown(): Promise<void> {
    clearInterval(this.#refreshing);
    this.#stop.abort();
  }

  consume(data: Data, context: ClientContext): Promise<void> | undefined {
    const { attributes } = this.#detected;
    if (attributes.length === 0) return this.#next.consume(data, context);
    return this.#next.consume(
      this.#mapParts(data, (part) => this.#edited(part)),
      context,
    );
  }

  #edited<Part extends ResourcePart>(part: Part): Part {
    const { resource } = part;
    const { attributes, schemaUrl } = this.#detected;
    const known = this.#resources.get(resource);
    const edited =
      known ??
      this.#resources.set(resource, {
        ...resource,
        attributes: {
          entries: mergedAttributes(resource.attributes.entries, attributes, this.#config.override),
          note: undefined,
        },
      });
    return { ...part, resource: edited, schemaUrl: mergedSchemaUrl(part.schemaUrl, schemaUrl) };
  }

  async #detect(): Promise<void> {
    this.#detected = await detectResource(this.#detectors, this.#config, this.#settings.logger, this.#stop.signal);
    this.#resources = new Memo(remembered);
  }

  async #refresh(): Promise<void> {
    try {
      await this.#detect();
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      // Same text as the Collector.
      const fields = { error: (error as Error).message };
      this.#settings.logger.warn('resource refresh failed; keeping previous snapshot', fields);
    }
  }
}

/** A detector that pitot does not support finds nothing, and the configuration can refuse that. */
function requireMetadata(names: readonly string[], { failOnMissingMetadata }: ResourceDetectionConfig): void {
  const unsupported = names.find((name) => !isSupported(name));
  if (!failOnMissingMetadata || unsupported === undefined) return;
  const message = `pitot does not support the detector ${JSON.stringify(unsupported)}, which fail_on_missing_metadata requires`;
  throw new SettingError(message, { keys: ['detectors'], remedy: `remove ${JSON.stringify(unsupported)}` });
}

function detectorsOf(config: ResourceDetectionConfig, { logger }: ComponentSettings): ReadonlyMap<string, Detector> {
  const names = config.detectors.map((name) => name.trim());
  for (const name of names) {
    const problem = unknownDetector(name);
    if (problem !== undefined) throw new Error(problem);
  }
  const supported = names.filter(isSupported);
  if (supported.length === 0 && names.length > 0) {
    const message = `pitot supports none of its detectors (${names.join(', ')})`;
    throw new SettingError(message, { keys: ['detectors'], remedy: 'remove the processor, or add "env"' });
  }
  requireMetadata(names, config);
  return new Map(supported.map((name) => [name, createDetector(name, config, logger)]));
}
