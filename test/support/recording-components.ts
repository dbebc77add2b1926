import type { Component, ComponentSettings, Host } from '#component/component.ts';
import type { Factories } from '#config/load-config.ts';
import { type ConfigOf, config, integer, string } from '#config/schema.ts';

const settingsSchema = config('recording.Config', {
  value: integer(0),
  /** Message with which `start` fails. `start` succeeds if it is empty. */
  refuse: string(''),
  /** ID of an extension that the component requests. */
  uses: string(''),
});
type Settings = ConfigOf<typeof settingsSchema>;

/** Components that record every call, one line each. */
export class Recording {
  readonly events: string[] = [];
  /** Hosts that components were started with, by the name of the component. */
  readonly hosts = new Map<string, Host>();
  /** Functions that pass data to the pipelines of a receiver, by the name of the receiver. */
  readonly send = new Map<string, (data: unknown) => Promise<void> | undefined>();
  #made = 0;

  /** Factories of the types `in`, `via`, `out`, and `ext`. Every instance has a number, for example `out#3`. */
  readonly factories = {
    receivers: [
      {
        type: 'in',
        stability: 'Alpha',
        signals: ['metrics', 'logs'],
        configSchema: settingsSchema,
        create: (settings: Settings, { id }: ComponentSettings, next: never) => {
          const { metrics } = next as { metrics?: { consume(data: unknown, context: unknown): Promise<void> } };
          const name = this.#name(id);
          if (metrics) this.send.set(id, (data) => metrics.consume(data, {}));
          return this.#component(name, settings);
        },
      },
    ],
    processors: [
      {
        type: 'via',
        stability: 'Alpha',
        configSchema: settingsSchema,
        create: {
          metrics: (settings: Settings, { id }: ComponentSettings, next: never) => {
            const { consume } = next as { consume(data: unknown, context: unknown): Promise<void> };
            const name = this.#name(id);
            return {
              ...this.#component(name, settings),
              consume: (data: unknown, context: unknown) => consume.call(next, `${String(data)} ${name}`, context),
            };
          },
        },
      },
    ],
    exporters: [
      {
        type: 'out',
        stability: 'Alpha',
        configSchema: settingsSchema,
        create: {
          metrics: (settings: Settings, { id, metrics }: ComponentSettings) => {
            const name = this.#name(id);
            metrics.gauge('made', 'Which instance', { id }, () => Number(name.split('#')[1]));
            return {
              ...this.#component(name, settings),
              consume: (data: unknown) => void this.events.push(`${name} got ${String(data)}`),
            };
          },
        },
      },
    ],
    extensions: [
      {
        type: 'ext',
        stability: 'Alpha',
        configSchema: settingsSchema,
        create: (settings: Settings, { id }: ComponentSettings) => {
          const name = this.#name(id);
          return {
            ...this.#component(name, settings),
            ready: () => void this.events.push(`${name} told ready`),
            notReady: () => void this.events.push(`${name} told not ready`),
            componentStatus: (component: string, problem: Error | undefined) =>
              void this.events.push(`${name} told ${component}: ${problem?.message ?? 'fine'}`),
          };
        },
      },
    ],
  } as unknown as Factories;

  /** Returns the calls since the previous invocation. */
  taken(): string[] {
    return this.events.splice(0);
  }

  #name(id: string): string {
    return `${id}#${++this.#made}`;
  }

  #component(name: string, { refuse, uses }: Settings): Component {
    return {
      start: async (host) => {
        this.hosts.set(name, host);
        if (uses !== '') host.extension(uses);
        if (refuse !== '') {
          this.events.push(`${name} refuses`);
          throw new Error(refuse);
        }
        this.events.push(`${name} starts`);
      },
      shutdown: async () => void this.events.push(`${name} stops`),
    };
  }
}
