import { z } from 'zod';
import type { ComponentId } from '#component/component.ts';
import { type PipelineId, parseComponentId, parsePipelineId } from './component-id.ts';
import { isGateEnabled } from './feature-gates.ts';
import { goKindOf, goTypeOf, isRawMap, withoutText } from './raw-value.ts';
import { withMetadata } from './schema/metadata.ts';
import { type ConfigOf, config, list, validated } from './schema.ts';
import { telemetryConfig } from './telemetry-config.ts';

function componentId(): z.ZodType<ComponentId> {
  const schema = z.unknown().transform((raw, context): ComponentId => {
    const value = withoutText(raw);
    try {
      if (typeof value === 'string') return parseComponentId(value).id;
      throw new Error(`expected a map or struct, got "${goKindOf(value)}"`);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });
  return withMetadata(schema as z.ZodType<ComponentId>, { kind: 'string' });
}

const pipelineConfig = validated(
  config('pipelines.PipelineConfig', {
    receivers: list(componentId()).describe('Receivers of the pipeline.'),
    processors: list(componentId()).describe('Processors of the pipeline, in order.'),
    exporters: list(componentId()).describe('Exporters of the pipeline. Each receives all data.'),
  }),
  ({ receivers, processors, exporters }) => {
    if (receivers.length === 0) return 'must have at least one receiver';
    if (exporters.length === 0) return 'must have at least one exporter';
    const twice = processors.find((id, index) => processors.indexOf(id) !== index);
    return twice === undefined ? undefined : `references processor ${JSON.stringify(twice)} multiple times`;
  },
);

/** A pipeline: its ID and its components. */
export type PipelineConfig = PipelineId & ConfigOf<typeof pipelineConfig>;

/** Pipelines by ID, in the order of the configuration. */
function pipelines(): z.ZodType<Readonly<Record<string, PipelineConfig>>> {
  const schema = z
    .unknown()
    .optional()
    .transform((raw, context): Readonly<Record<string, PipelineConfig>> => {
      const value = withoutText(raw) ?? {};
      if (!isRawMap(value)) {
        const message = `expected type 'pipelines.Config', got unconvertible type '${goTypeOf(value)}'`;
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
      const result = new Map<string, PipelineConfig>();
      for (const [key, body] of Object.entries(value)) {
        let id: PipelineId;
        try {
          id = parsePipelineId(key);
          if (result.has(id.id)) throw new Error(`duplicate name ${JSON.stringify(key)} after unmarshaling ${id.id}`);
        } catch (error) {
          const params = { sources: [{ path: [key], message: (error as Error).message }] };
          context.addIssue({ code: 'custom', message: (error as Error).message, params });
          return z.NEVER;
        }
        const decoded = pipelineConfig.safeParse(body);
        if (decoded.success) result.set(id.id, { ...id, ...decoded.data });
        else {
          for (const issue of decoded.error.issues) {
            const placed = { ...issue, path: [`[${key}]`, ...issue.path] };
            context.addIssue(placed as Parameters<typeof context.addIssue>[0]);
          }
        }
      }
      return Object.fromEntries(result);
    });
  return withMetadata(schema as z.ZodType<Readonly<Record<string, PipelineConfig>>>, {
    kind: 'map',
    item: pipelineConfig,
    default: {},
  });
}

const profilesGate = 'service.profilesSupport';

/** Schema of `service` (docs/reference/collector-behaviour.md#component-ids). */
export const serviceConfig = config('service.Config', {
  telemetry: telemetryConfig.describe('Telemetry of pitot itself.'),
  extensions: list(componentId()).describe('Extensions to start, in order.'),
  pipelines: validated(pipelines(), (all) => {
    if (Object.keys(all).length === 0 && !isGateEnabled('service.AllowNoPipelines')) {
      return 'service must have at least one pipeline';
    }
    const profiles = Object.values(all).find(({ signal }) => signal === 'profiles');
    if (!profiles || isGateEnabled(profilesGate)) return undefined;
    const reason = `profiling signal support is at alpha level, gated under the ${JSON.stringify(profilesGate)} feature gate`;
    return `pipeline ${JSON.stringify(profiles.id)}: ${reason}`;
  }).describe('Pipelines by ID: `metrics`, `traces`, or `logs`, optionally with `/name`.'),
});
export type ServiceConfig = ConfigOf<typeof serviceConfig>;
