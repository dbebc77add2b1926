import { describe, expect, test } from 'vitest';
import { factoriesFor } from '#components.ts';
import { switchGates } from '#config/feature-gates.ts';
import { loadConfig } from '#config/load-config.ts';
import { resolveConfig } from '#config/resolve-config.ts';
import { type Plan, planPipelines } from './plan.ts';

const components = await factoriesFor();

async function plan(pipelines: string, extensions = ''): Promise<Plan> {
  const text = `{${all}, service: {extensions: [${extensions}], pipelines: {${pipelines}}}}`;
  return planPipelines(loadConfig(await resolveConfig({ locations: [`yaml:${text}`], environment: {} }), components));
}
const all = [
  'receivers: {otlp: {protocols: {http: }}, jaeger: {protocols: {grpc: }}, zipkin: {}, opencensus: {}}',
  'exporters: {debug: , kafka: {brokers: [a]}, loki: {}, otlp_http: {endpoint: "http://a"}, prometheus: {endpoint: "localhost:0"}}',
  'processors: {batch: , tail_sampling: {}, spanmetrics: {}}',
  'extensions: {health_check: , opamp: {}, memory_ballast: {size_mib: 64}}',
  'connectors: {count: {}}',
].join(', ');
const metrics = 'metrics: {receivers: [otlp], exporters: [debug]}';

test('plans supported components as written, each once', async () => {
  const { pipelines, warnings } = await plan(
    'metrics: {receivers: [otlp, otlp], processors: [batch], exporters: [debug, debug]}',
  );
  expect(pipelines).toEqual([
    { id: 'metrics', signal: 'metrics', receivers: ['otlp'], processors: ['batch'], exporters: ['debug'] },
  ]);
  expect(warnings).toEqual([]);
});

test('ignores an unsupported receiver with one warning for all pipelines', async () => {
  const { pipelines, warnings } = await plan(
    'traces: {receivers: [otlp, jaeger], exporters: [debug]}, traces/b: {receivers: [otlp, jaeger], exporters: [debug]}',
  );
  expect(pipelines.map((each) => each.receivers)).toEqual([['otlp'], ['otlp']]);
  expect(warnings).toEqual([
    {
      message: 'Component not supported by pitot; ignored',
      fields: { receiver: 'jaeger', pipelines: ['traces', 'traces/b'] },
    },
  ]);
});

test('disables a pipeline without supported receivers or exporters', async () => {
  const { pipelines, warnings } = await plan(
    `${metrics}, traces: {receivers: [jaeger, zipkin], exporters: [debug]}, logs: {receivers: [otlp], exporters: [kafka]}`,
  );
  expect(pipelines.map(({ id }) => id)).toEqual(['metrics']);
  expect(warnings.filter(({ message }) => message === 'Pipeline disabled').map(({ fields }) => fields)).toEqual([
    { pipeline: 'traces', reason: 'pitot supports none of its receivers', receivers: ['jaeger', 'zipkin'] },
    { pipeline: 'logs', reason: 'pitot supports none of its exporters', exporters: ['kafka'] },
  ]);
});

describe('refuses', () => {
  const refused = (pipelines: string) =>
    plan(pipelines).then(
      () => undefined,
      ({ message, path, remedy }) => ({ message, path: path.join('::'), remedy }),
    );

  test.each([
    ['tail_sampling', 'processors', '{receivers: [otlp], processors: [tail_sampling], exporters: [debug]}'],
    ['kafka', 'exporters', '{receivers: [otlp], exporters: [debug, kafka]}'],
    ['count', 'exporters', '{receivers: [otlp], exporters: [debug, count]}'],
  ])('the unsupported %s in a metrics pipeline', async (id, section, pipeline) => {
    expect(await refused(`metrics: ${pipeline}`)).toEqual({
      message: `failed to build pipelines: failed to create "${id}" ${section.slice(0, -1)}, in pipeline "metrics": not supported by pitot`,
      path: `service::pipelines::metrics::${section}`,
      remedy: 'remove it from this pipeline; ignoring it would change the metrics',
    });
  });

  test.each([
    [
      'opencensus',
      'receiver',
      'use the receiver "otlp", which has other settings',
      '{receivers: [otlp, opencensus], exporters: [debug]}',
    ],
    [
      'spanmetrics',
      'processor',
      'remove it from this pipeline; pitot does not support its successor, the connector "spanmetrics"',
      '{receivers: [otlp], processors: [spanmetrics], exporters: [debug]}',
    ],
    [
      'loki',
      'exporter',
      'remove it from this pipeline; it accepted only logs',
      '{receivers: [otlp], exporters: [loki]}',
    ],
  ])('the removed %s in a metrics pipeline, and names its successor', async (id, kind, remedy, pipeline) => {
    expect(await refused(`metrics: ${pipeline}`)).toEqual({
      message: `failed to build pipelines: failed to create "${id}" ${kind}, in pipeline "metrics": otelcol-contrib removed it`,
      path: `service::pipelines::metrics::${kind}s`,
      remedy,
    });
  });

  test('a configuration whose pipelines are all disabled', async () => {
    const problem = await refused('traces: {receivers: [jaeger], exporters: [debug]}');
    expect(problem?.message).toBe(
      'failed to build pipelines: every pipeline is disabled: "traces": pitot supports none of its receivers ("jaeger")',
    );
  });

  test('a prometheus exporter whose only pipeline is disabled', async () => {
    const problem = await refused(
      'traces: {receivers: [otlp], exporters: [debug]}, metrics: {receivers: [zipkin], exporters: [prometheus]}',
    );
    expect(problem).toEqual({
      message:
        'failed to build pipelines: exporter "prometheus" would serve nothing: pipeline "metrics" is disabled, because pitot supports none of its receivers ("zipkin")',
      path: 'service::pipelines::metrics::receivers',
      remedy: 'add the receiver "otlp" to this pipeline, or remove the exporter from it',
    });
  });
});

test('a prometheus exporter may have one disabled pipeline among others', async () => {
  const { pipelines } = await plan(
    'metrics: {receivers: [otlp], exporters: [prometheus]}, metrics/b: {receivers: [count], exporters: [prometheus]}',
  );
  expect(pipelines.map(({ id }) => id)).toEqual(['metrics']);
});

test('does not send traces to others without an unsupported processor, such as one that samples or redacts', async () => {
  const { pipelines, warnings } = await plan(
    'traces: {receivers: [otlp], processors: [tail_sampling], exporters: [otlp_http]}, traces/b: {receivers: [otlp], processors: [tail_sampling], exporters: [debug]}',
  );
  expect(pipelines.map(({ id }) => id)).toEqual(['traces/b']);
  expect(warnings[0]).toEqual({
    message: 'Pipeline disabled',
    fields: {
      pipeline: 'traces',
      reason: 'ignoring its processors would change what it sends',
      processors: ['tail_sampling'],
    },
  });
});

test('ignores removed components in traces and logs pipelines, and names their successors', async () => {
  const { pipelines, warnings } = await plan(
    'traces: {receivers: [otlp, opencensus], processors: [spanmetrics, batch], exporters: [debug]}, logs: {receivers: [otlp], exporters: [debug, loki]}',
  );
  expect(pipelines.map(({ processors, exporters }) => [processors, exporters])).toEqual([
    [['batch'], ['debug']],
    [[], ['debug']],
  ]);
  expect(warnings.map(({ message, fields }) => [message, fields.use])).toEqual([
    ['Component removed from otelcol-contrib; ignored', 'the receiver "otlp"'],
    ['Component removed from otelcol-contrib; ignored', 'the connector "spanmetrics"'],
    [
      'Component removed from otelcol-contrib; ignored',
      'the exporter "otlphttp" with the endpoint http://HOST:3100/otlp',
    ],
  ]);
});

test('disables a pipeline of profiles with a warning', async () => {
  switchGates('service.profilesSupport');
  const { pipelines, warnings } = await plan(`${metrics}, profiles: {receivers: [otlp], exporters: [debug]}`).finally(
    () => switchGates('-service.profilesSupport'),
  );
  expect(pipelines.map(({ id }) => id)).toEqual(['metrics']);
  expect(warnings).toEqual([
    { message: 'Pipeline disabled', fields: { pipeline: 'profiles', reason: 'pitot does not support profiles' } },
  ]);
});

test('does not warn about components that no pipeline uses', async () => {
  const { warnings } = await plan(metrics);
  expect(warnings).toEqual([]);
});

test('ignores an unsupported extension with a warning', async () => {
  const { extensions: planned, warnings } = await plan(metrics, 'opamp, memory_ballast, health_check, health_check');
  expect(planned).toEqual(['health_check']);
  expect(warnings.map(({ fields }) => fields.extension)).toEqual(['opamp', 'memory_ballast']);
});
