import { afterEach, expect, test } from 'vitest';
import { buildInfoFor } from '#build-info.ts';
import { type LoadedConfig, loadConfig } from '#config/load-config.ts';
import { resolveConfig } from '#config/resolve-config.ts';
import { ManualClock } from '../../test/support/component-settings.ts';
import { Recording } from '../../test/support/recording-components.ts';
import { ReplaceError, Service } from './service.ts';

const deadline = () => new AbortController().signal;
const running: Service[] = [];
afterEach(() => Promise.all(running.splice(0).map((service) => service.shutdown(deadline()))));

const quiet = 'telemetry: {metrics: {level: none}, logs: {level: fatal}}';

async function load(recording: Recording, text: string): Promise<LoadedConfig> {
  return loadConfig(await resolveConfig({ locations: [`yaml:${text}`], environment: {} }), recording.factories);
}

/** Returns a configuration: settings of each component, and the parts of the service. */
const configuration = (parts: { in?: string; via?: string; out?: string; ext?: string; service?: string } = {}) => `
receivers: {in: ${parts.in ?? ''}}
processors: {via: ${parts.via ?? ''}, via/b: }
exporters: {out: ${parts.out ?? ''}, out/b: }
extensions: {ext: ${parts.ext ?? ''}}
service: {${quiet}, ${parts.service ?? 'extensions: [ext], pipelines: {metrics: {receivers: [in], processors: [via, via/b], exporters: [out, out/b]}}'}}
`;

async function start(text: string, recording = new Recording()) {
  const fatal: Error[] = [];
  const service = new Service(await load(recording, text), {
    build: buildInfoFor('pitot'),
    clock: new ManualClock(),
    onFatal: (error) => fatal.push(error),
  });
  await service.start();
  running.push(service);
  const replace = async (next: string) => service.replace(await load(recording, next), deadline);
  return { service, recording, fatal, replace };
}

test('starts components against the direction of data, after extensions, and then notifies of readiness', async () => {
  const { recording } = await start(configuration());
  expect(recording.taken()).toEqual([
    'ext#6 starts',
    'out#1 starts',
    'out/b#2 starts',
    'via/b#4 starts',
    'via#3 starts',
    'in#5 starts',
    'ext#6 told ready',
  ]);
});

test('passes data through the processors in order to every exporter', async () => {
  const { recording } = await start(configuration());
  recording.taken();
  await recording.send.get('in')!('x');
  expect(recording.taken()).toEqual(['out#1 got x via#3 via/b#4', 'out/b#2 got x via#3 via/b#4']);
});

test('stops components in the direction of data; extensions are notified first and stop last', async () => {
  const { service, recording } = await start(configuration());
  recording.taken();
  expect(await service.shutdown(deadline())).toEqual([]);
  const events = recording.taken();
  expect(events.slice(0, 4)).toEqual(['ext#6 told not ready', 'in#5 stops', 'via#3 stops', 'via/b#4 stops']);
  expect(events.slice(4, 6).toSorted()).toEqual(['out#1 stops', 'out/b#2 stops']);
  expect(events[6]).toBe('ext#6 stops');
});

test('a component that can’t start is named', async () => {
  const f = (parts: Parameters<typeof configuration>[0], message: string) =>
    expect(start(configuration(parts))).rejects.toThrow(message);
  await f({ out: '{refuse: no port}' }, 'cannot start pipelines: failed to start "out" exporter: no port');
  await f({ in: '{refuse: no port}' }, 'cannot start pipelines: failed to start "in" receiver: no port');
  await f({ ext: '{refuse: no port}' }, 'failed to start extensions: no port');
});

test('keeps instances that a reload does not change', async () => {
  const { recording, replace } = await start(configuration());
  recording.taken();
  await replace(configuration({ via: '{value: 1}' }));
  expect(recording.taken()).toEqual(['via#3 stops', 'ext#6 told via: fine', 'via#7 starts']);
  await recording.send.get('in')!('x');
  expect(recording.taken()).toEqual(['out#1 got x via#7 via/b#4', 'out/b#2 got x via#7 via/b#4']);
});

test('replaces a component if an extension that it uses is replaced', async () => {
  const { recording, replace } = await start(configuration({ out: '{uses: ext}' }));
  recording.taken();
  await replace(configuration({ out: '{uses: ext}', ext: '{value: 1}' }));
  expect(recording.taken()).toEqual([
    'out#1 stops',
    'ext#6 stops',
    'ext#8 told out: fine',
    'ext#8 starts',
    'out#7 starts',
    'ext#8 told ready',
  ]);
});

test('when the new configuration can’t start the old one runs again', async () => {
  const { recording, replace } = await start(configuration());
  recording.taken();
  const failed = replace(configuration({ out: '{refuse: no port}' }));
  await expect(failed).rejects.toThrow('failed to start "out" exporter: no port');
  await expect(failed).rejects.toMatchObject({ restored: true });
  expect(recording.taken()).toEqual([
    'out#1 stops',
    'ext#6 told out: fine',
    'out#7 refuses',
    'out#7 stops',
    'ext#6 told out: fine',
    'out#8 starts',
  ]);
  await recording.send.get('in')!('x');
  expect(recording.taken()).toEqual(['out#8 got x via#3 via/b#4', 'out/b#2 got x via#3 via/b#4']);
});

test('a configuration that can’t be built changes nothing', async () => {
  const { recording, replace } = await start(configuration());
  recording.taken();
  const service = 'pipelines: {logs: {receivers: [in], exporters: [out]}}';
  await expect(replace(configuration({ service }))).rejects.toThrow('telemetry type is not supported');
  await expect(replace(configuration({ service }))).rejects.not.toBeInstanceOf(ReplaceError);
  expect(recording.taken()).toEqual([]);
  await recording.send.get('in')!('x');
  expect(recording.taken()).toHaveLength(2);
});

test('notifies extensions of problems of components, and describes the service', async () => {
  const { recording, fatal } = await start(configuration());
  recording.taken();
  const host = recording.hosts.get('out#1')!;
  host.reportStatus?.('out', new Error('disk full'));
  host.reportStatus?.('out', undefined);
  expect(recording.taken()).toEqual(['ext#6 told out: disk full', 'ext#6 told out: fine']);
  expect(host.describe?.()).toMatchObject({
    pipelines: [{ id: 'metrics', receivers: ['in'], processors: ['via', 'via/b'], exporters: ['out', 'out/b'] }],
    extensions: ['ext'],
  });
  host.fatal(new Error('lost its port'));
  expect(fatal.map(({ message }) => message)).toEqual(['lost its port']);
});
