import { expect, test } from 'vitest';
import { components } from '#components.ts';
import { loadConfig } from '#config/load-config.ts';
import { resolveConfig } from '#config/resolve-config.ts';
import { type Plan, planPipelines } from './plan.ts';

async function plan(sections: string, service: string): Promise<Plan> {
  const text = `{${sections}, service: ${service}}`;
  return planPipelines(loadConfig(await resolveConfig({ locations: [`yaml:${text}`], environment: {} }), components));
}
const receivers = 'receivers: {otlp: {protocols: {http: }}, jaeger: {protocols: {grpc: }}, zipkin: {}}';
const exporters = 'exporters: {debug: , kafka: {brokers: [a]}}';
const processors = 'processors: {batch: , k8sattributes: {}}';
const extensions = 'extensions: {health_check: , memory_ballast: {size_mib: 64}}';
const all = [receivers, exporters, processors, extensions].join(', ');

test('components that are built in are planned as they are written, each once', async () => {
  const { pipelines, warnings } = await plan(
    all,
    '{pipelines: {metrics: {receivers: [otlp, otlp], processors: [batch], exporters: [debug, debug]}}}',
  );
  expect(pipelines).toEqual([
    { id: 'metrics', signal: 'metrics', receivers: ['otlp'], processors: ['batch'], exporters: ['debug'] },
  ]);
  expect(warnings).toEqual([]);
});

test('a receiver of contrib that is not built in is left out, with one warning for all pipelines', async () => {
  const { pipelines, warnings } = await plan(
    all,
    '{pipelines: {traces: {receivers: [otlp, jaeger], exporters: [debug]}, traces/b: {receivers: [otlp, jaeger], exporters: [debug]}}}',
  );
  expect(pipelines.map((each) => each.receivers)).toEqual([['otlp'], ['otlp']]);
  expect(warnings).toEqual([
    {
      message: 'A component of otelcol-contrib is not built in: this receiver is not served',
      fields: { receiver: 'jaeger', pipelines: ['traces', 'traces/b'] },
    },
  ]);
});

test('a pipeline that is left without receivers or exporters is off', async () => {
  const { pipelines, warnings } = await plan(
    all,
    '{pipelines: {traces: {receivers: [jaeger, zipkin], exporters: [debug]}, logs: {receivers: [otlp], exporters: [kafka]}}}',
  );
  expect(pipelines).toEqual([]);
  expect(warnings.map(({ fields }) => fields)).toEqual([
    { pipeline: 'traces' },
    { pipeline: 'logs' },
    { receiver: 'jaeger', pipelines: ['traces'] },
    { receiver: 'zipkin', pipelines: ['traces'] },
    { exporter: 'kafka', pipelines: ['logs'] },
  ]);
});

test('what would change the metrics is an error', async () => {
  const f = (pipeline: string, message: string) =>
    expect(plan(all, `{pipelines: {metrics: ${pipeline}}}`)).rejects.toThrow(message);
  await f(
    '{receivers: [otlp], processors: [k8sattributes], exporters: [debug]}',
    'failed to create "k8sattributes" processor, in pipeline "metrics": it is a component of otelcol-contrib that is not built in here',
  );
  await f('{receivers: [otlp], exporters: [debug, kafka]}', 'failed to create "kafka" exporter');
});

test('a component that no pipeline names is nothing to talk about', async () => {
  const { warnings } = await plan(all, '{pipelines: {metrics: {receivers: [otlp], exporters: [debug]}}}');
  expect(warnings).toEqual([]);
});

test('an extension that is not built in is left out, with a warning', async () => {
  const { extensions: planned, warnings } = await plan(
    all,
    '{extensions: [memory_ballast, health_check, health_check], pipelines: {metrics: {receivers: [otlp], exporters: [debug]}}}',
  );
  expect(planned).toEqual(['health_check']);
  expect(warnings.map(({ fields }) => fields)).toEqual([{ extension: 'memory_ballast' }]);
});
