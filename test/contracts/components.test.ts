import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Component, Host } from '#component/component.ts';
import { noClientContext } from '#component/consumer.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';
import { factoriesFor } from '#components.ts';
import { parseConfig } from '#config/schema.ts';
import type { Logs } from '#pdata/logs.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { decodeLogs } from '#pdata/protobuf/decode-logs.ts';
import { decodeTraces } from '#pdata/protobuf/decode-traces.ts';
import type { Traces } from '#pdata/traces.ts';
import { testSettings } from '../support/component-settings.ts';
import { encodeLogs, encodeTraces } from '../support/otlp.ts';
import { gauge, number, request } from '../support/pdata.ts';

const components = await factoriesFor();

/*
 * The contract of component/component.ts and component/consumer.ts, which the pipelines rely on, tested for every component. A new
 * component needs an entry here: the smallest configuration with which it starts.
 */

const endpoint = '127.0.0.1:0';
const smallest: Readonly<Record<string, () => object>> = {
  otlp: () => ({ protocols: { http: { endpoint }, grpc: { endpoint } } }),
  attributes: () => ({ actions: [{ key: 'a', value: 'b', action: 'insert' }] }),
  batch: () => ({}),
  cumulative_to_delta: () => ({}),
  delta_to_cumulative: () => ({}),
  filter: () => ({}),
  interval: () => ({}),
  k8s_attributes: () => ({ passthrough: true }),
  memory_limiter: () => ({ check_interval: '1s', limit_mib: 100_000 }),
  metrics_transform: () => ({ transforms: [{ include: 'x', action: 'update', new_name: 'y' }] }),
  prometheus_remote_write: () => ({ endpoint: 'http://127.0.0.1:1/', remote_write_queue: { enabled: false } }),
  resource: () => ({ attributes: [{ key: 'a', value: 'b', action: 'insert' }] }),
  resource_detection: () => ({ detectors: ['env', 'system', 'docker', 'heroku'] }),
  transform: () => ({}),
  debug: () => ({}),
  file: () => ({ path: join(mkdtempSync(join(tmpdir(), 'pitot-')), 'out.jsonl') }),
  load_balancing: () => ({ resolver: { static: { hostnames: ['127.0.0.1:1'] } } }),
  nop: () => ({}),
  otlp_grpc: () => ({ endpoint: '127.0.0.1:1', retry_on_failure: { enabled: false } }),
  otlp_http: () => ({ endpoint: 'http://127.0.0.1:1', retry_on_failure: { enabled: false } }),
  prometheus: () => ({ endpoint }),
  basicauth: () => ({ htpasswd: { inline: 'a:b' } }),
  bearertokenauth: () => ({ token: 'x' }),
  console: () => ({ endpoint }),
  file_storage: () => ({ directory: mkdtempSync(join(tmpdir(), 'pitot-')) }),
  headers_setter: () => ({ headers: [{ key: 'a', value: 'b' }] }),
  health_check: () => ({ endpoint }),
  healthcheckv2: () => ({ use_v2: true, http: { endpoint }, grpc: { endpoint } }),
  oauth2client: () => ({ client_id: 'a', client_secret: 'b', token_url: 'http://127.0.0.1:1' }),
  pprof: () => ({ endpoint }),
  zpages: () => ({ endpoint }),
};

type AnyFactory = Record<string, unknown> & { readonly type: string; readonly configSchema: never };
type Signal = 'metrics' | 'traces' | 'logs';
type Data = Metrics | Traces | Logs;
type Consume = (data: Data) => Promise<void> | undefined;

/** Component in a pipeline of one signal. */
interface Stage {
  readonly name: string;
  readonly factory: AnyFactory;
  create(config: unknown, next: Consume): Component & Readonly<Record<string, unknown>>;
}

type Create = (...args: unknown[]) => never;

function stagesOf(factories: readonly unknown[]): Stage[] {
  return (factories as AnyFactory[]).flatMap((factory): Stage[] => {
    if (typeof factory.create === 'function') {
      const make = factory.create as Create;
      const create: Stage['create'] = (config, next) => {
        const consumer = { consume: next };
        return make(config, testSettings(factory.type), { metrics: consumer, traces: consumer, logs: consumer });
      };
      return [{ name: factory.type, factory, create }];
    }
    return Object.entries(factory.create as Record<Signal, Create>).map(([signal, make]) => ({
      name: `${factory.type} for ${signal}`,
      factory,
      create: (config, next) => make(config, testSettings(factory.type), { consume: next }),
    }));
  });
}

const { receivers, processors, exporters, extensions } = components;
const processorStages = stagesOf(processors);
const all = [...stagesOf(receivers), ...processorStages, ...stagesOf(exporters), ...stagesOf(extensions)];
const host: Host = { extension: () => undefined, fatal: () => {} };
const accepts: Consume = () => undefined;

const running: Component[] = [];
let taken: Server | undefined;
afterEach(async () => {
  for (const component of running.splice(0)) await component.shutdown(AbortSignal.abort());
  taken?.close();
  taken = undefined;
});

function configOf({ factory }: Stage, changes: object = {}): unknown {
  const raw = smallest[factory.type];
  if (raw === undefined) throw new Error(`no smallest configuration of ${factory.type}`);
  const parsed = parseConfig(factory.configSchema, { ...raw(), ...changes });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

function created(stage: Stage, next: Consume = accepts, config = configOf(stage)) {
  const component = stage.create(config, next);
  running.push(component);
  return component;
}

const never = () => new AbortController().signal;

describe.each(all.map((stage) => [stage.name, stage] as const))('%s', (_, stage) => {
  test('can be shut down before it is started', async () => {
    await expect(created(stage).shutdown(never())).resolves.toBeUndefined();
  });

  test('can be shut down twice, also concurrently, after it has started', async () => {
    const component = created(stage);
    await component.start(host);
    await Promise.all([component.shutdown(never()), component.shutdown(never())]);
    await expect(component.shutdown(never())).resolves.toBeUndefined();
  });

  test('shuts down even if the deadline has passed', async () => {
    const component = created(stage);
    await component.start(host);
    await expect(component.shutdown(AbortSignal.abort())).resolves.toBeUndefined();
  });

  test('names an unknown key in its error', () => {
    expect(() => configOf(stage, { no_such_key: 1 })).toThrow('no_such_key');
  });
});

/* Components that open a port. */
const listening = all.filter(({ factory }) => JSON.stringify(smallest[factory.type]!()).includes(endpoint));

async function freePort(): Promise<number> {
  taken = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => taken!.once('listening', done));
  return (taken.address() as { port: number }).port;
}

describe.each(listening.map((stage) => [stage.name, stage] as const))('%s', (_, stage) => {
  const at = (port: number) => {
    const raw = JSON.parse(JSON.stringify(smallest[stage.factory.type]!()).replace(endpoint, `127.0.0.1:${port}`));
    const parsed = parseConfig(stage.factory.configSchema, raw);
    if (!parsed.ok) throw new Error(parsed.failure.message);
    return parsed.value;
  };

  test('fails to start, names the port, and can be shut down when the port is in use', async () => {
    const port = await freePort();
    const component = created(stage, accepts, at(port));
    await expect(component.start(host)).rejects.toThrow(String(port));
    await expect(component.shutdown(never())).resolves.toBeUndefined();
  });

  test('releases its port on shutdown', async () => {
    const port = await freePort();
    await new Promise((done) => taken!.close(done));
    for (let round = 0; round < 2; round++) {
      const component = created(stage, accepts, at(port));
      await component.start(host);
      await component.shutdown(never());
    }
  });
});

const some: Readonly<Record<Signal, Data>> = {
  metrics: request({}, gauge('m', number(1n))),
  traces: decodeTraces(encodeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [{ name: 's' }] }] }] })),
  logs: decodeLogs(encodeLogs({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityText: 'x' }] }] }] })),
};

describe.each(processorStages.map((stage) => [stage.name, stage] as const))('%s', (name, stage) => {
  const signal = (['metrics', 'traces', 'logs'] as const).find((each) => name.endsWith(each))!;
  const feed = (component: Readonly<Record<string, unknown>>) =>
    (component.consume as (data: Data, client: unknown) => Promise<void> | undefined).call(
      component,
      some[signal],
      noClientContext,
    );
  const countOf = (data: Data) =>
    'dataPointCount' in data ? data.dataPointCount : 'spanCount' in data ? data.spanCount : data.logRecordCount;

  test('passes on all data, at the latest on shutdown, and does not change it', async () => {
    const received: Data[] = [];
    const before = structuredClone(some[signal]);
    const component = created(stage, (data) => void received.push(data));
    await component.start(host);
    await feed(component);
    await component.shutdown(never());
    expect(received.map(countOf)).toEqual([1]);
    expect(some[signal]).toEqual(before);
  });

  test.each([new PermanentError('bad'), new RetryableError('later')])(
    'returns %s to its caller, unless it has already answered',
    async (error) => {
      for (const fails of [
        () => Promise.reject(error),
        () => {
          throw error;
        },
      ] as Consume[]) {
        const component = created(stage, fails);
        await component.start(host);
        const outcome = await Promise.resolve()
          .then(() => feed(component))
          .then(
            () => undefined,
            (reason: unknown) => reason,
          );
        expect(outcome).toBe(['batch', 'interval'].includes(stage.factory.type) ? undefined : error);
      }
    },
  );
});
