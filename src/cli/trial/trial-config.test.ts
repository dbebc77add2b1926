import { expect, test } from 'vitest';
import { ExpandedText, GoFloat, type RawMap } from '#config/raw-value.ts';
import { parseTextFormat } from '#prometheus/exposition/parse-text.ts';
import { changesText, dashboardChanges } from './dashboard-changes.ts';
import { trialConfig } from './trial-config.ts';

const ports = { http: 1, metrics: 2, console: 3 };
const raw: RawMap = {
  receivers: { otlp: { protocols: { grpc: { endpoint: '0.0.0.0:4317' } } } },
  processors: { batch: { timeout: new ExpandedText('1s', '1s') }, unused: {} },
  exporters: {
    debug: null,
    'prometheus/a': {
      endpoint: '0.0.0.0:8889',
      namespace: 'a$b',
      metric_expiration: 'never',
      auth: { authenticator: 'basicauth' },
      accumulation: { enabled: true, storage: 'file_storage' },
      max_series: new GoFloat(5),
    },
  },
  extensions: { file_storage: null, basicauth: null },
  service: {
    extensions: ['file_storage', 'basicauth'],
    pipelines: {
      traces: { receivers: ['otlp'], exporters: ['debug'] },
      metrics: { receivers: ['otlp'], processors: ['batch'], exporters: ['debug', 'prometheus/a'] },
    },
  },
};

test('a trial has the processors and the exporter, without ports, credentials, and storage of the configuration', () => {
  expect(trialConfig(raw, ports, 'pitot')).toMatchObject({
    processors: { batch: { timeout: '1s' } },
    exporters: {
      'prometheus/a': {
        endpoint: '127.0.0.1:2',
        namespace: 'a$$b',
        metric_expiration: 'never',
        accumulation: { enabled: true, storage: '' },
        max_series: 5,
      },
    },
    extensions: { console: { endpoint: '127.0.0.1:3' } },
    service: { pipelines: { metrics: { receivers: ['otlp'], processors: ['batch'], exporters: ['prometheus/a'] } } },
  });
  expect(JSON.stringify(trialConfig(raw, ports, 'pitot'))).not.toMatch(/basicauth|file_storage|traces|unused/);
});

test('the Collector gets only what it knows', () => {
  expect(trialConfig(raw, ports, 'collector')).toMatchObject({
    exporters: { 'prometheus/a': { endpoint: '127.0.0.1:2', namespace: 'a$$b', metric_expiration: '87600h' } },
  });
  expect(JSON.stringify(trialConfig(raw, ports, 'collector'))).not.toMatch(/accumulation|max_series|console/);
});

test('a configuration without /metrics is refused', () => {
  expect(() => trialConfig({ service: {} }, ports, 'pitot')).toThrow('no metrics pipeline with a prometheus exporter');
});

test('changes are listed by metric, with labels and values apart', () => {
  const a = '# TYPE c counter\nc{i="1"} 1\nc{i="2"} 2\n# TYPE g gauge\ng 1\n# TYPE old gauge\nold 1\n';
  const b = '# TYPE c counter\nc 3\n# TYPE g gauge\ng 1\n';
  const changes = dashboardChanges(parseTextFormat(a), parseTextFormat(b));
  expect(changes).toMatchObject([
    { name: 'c', labels: ['-i'], differingValues: 0, collector: { series: 2, sum: 3 }, pitot: { series: 1, sum: 3 } },
    { name: 'old', collector: { series: 1 }, pitot: undefined },
  ]);
  expect(changesText(changes, 3)).toMatch(/^old +gauge +1 +– +1 +– +0$/m);
  expect(changesText(changes, 3)).toMatch(/\n2 metrics differ, 1 are the same\.\n$/);
});
