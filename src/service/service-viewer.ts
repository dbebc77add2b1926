import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConfigurationView, ServiceViews, ViewedComponent } from '#component/views/service-views.ts';
import type { LoadedConfig } from '#config/load-config.ts';
import type { GraphNode } from '#pipeline/node.ts';
import type { Plan } from '#pipeline/plan.ts';
import { viewConfiguration } from './configuration-view.ts';
import type { ServiceHistory } from './service-history.ts';
import type { ServiceTelemetry } from './service-telemetry.ts';

/** State of the running service at the moment of the call. */
interface RunningService {
  readonly loaded: LoadedConfig;
  readonly plan: Plan;
  readonly nodes: readonly GraphNode[];
}

interface ViewerOptions {
  readonly running: () => RunningService;
  readonly telemetry: ServiceTelemetry;
  readonly history: ServiceHistory;
  /** Reads the configuration again. Rejects with an Error for the user. */
  readonly loadAgain: () => Promise<RunningService['loaded']>;
  /** Returns the plan of a configuration that is not running. */
  readonly planOf: (loaded: LoadedConfig) => Plan;
}

/** Returns the views of a service; see component/views. */
export function viewerOf({ running, telemetry, history, loadAgain, planOf }: ViewerOptions): ServiceViews {
  /** The view of the running configuration, which is written once: this takes milliseconds. */
  let latest: { readonly loaded: LoadedConfig; readonly plan: Plan; readonly view: ConfigurationView } | undefined;
  return {
    components: () => [
      ...running().nodes.flatMap((node): ViewedComponent[] => {
        const views = node.component.views?.();
        return views ? [{ kind: node.kind, id: node.id, pipeline: pipelineOf(node), views }] : [];
      }),
      { kind: 'service', id: 'telemetry', pipeline: undefined, views: telemetry.views() },
    ],
    readings: (name) => telemetry.readings(name),
    events: () => history.events,
    problems: () => history.problems,
    logEntries: () => telemetry.log.recent.entries,
    configuration: () => {
      const { loaded, plan } = running();
      if (latest?.loaded !== loaded || latest.plan !== plan)
        latest = { loaded, plan, view: viewConfiguration(loaded, plan) };
      return latest.view;
    },
    configurationOnDisk: async () => {
      const loaded = await loadAgain();
      // Each step in a turn of its own: together they would block the event loop.
      await nextTurn();
      const plan = planOf(loaded);
      await nextTurn();
      return viewConfiguration(loaded, plan);
    },
    ownMetrics: () => telemetry.page(),
  };
}

/** Returns the pipeline of a processor, which its key contains. A processor exists once per pipeline. */
function pipelineOf({ kind, key, id }: GraphNode): string | undefined {
  return kind === 'processor' ? key.slice(`processor ${id} `.length) : undefined;
}
