import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { violations } from './api-server-rules.ts';

const golden = `${import.meta.dirname}/golden`;

test.each(readdirSync(golden).filter((name) => name.startsWith('pitot-')))(
  '%s has nothing that the API server refuses',
  (name) => {
    const text = readFileSync(`${golden}/${name}`, 'utf8');
    expect(violations(parseAllDocuments(text).flatMap((document) => document.toJS() ?? []))).toEqual([]);
  },
);

test('finds what the API server refuses', () => {
  const port = (name: string, port: number, more = {}) => ({ name, port, targetPort: port, protocol: 'TCP', ...more });
  const service = (type: string, ports: object[]) => ({
    kind: 'Service',
    metadata: { name: 's' },
    spec: { type, ports },
  });
  const twice = service('ClusterIP', [port('a', 1), port('b', 1), port('b', 2), port('C', 3, { nodePort: 30000 })]);
  expect(violations([twice])).toEqual([
    'Service/s: port name b appears twice',
    'Service/s: port 1/TCP appears twice',
    'Service/s: invalid port name C',
    'Service/s: port C: nodePort needs another type',
  ]);
  expect(violations([service('ClusterIP', [])])).toEqual(['Service/s: no ports']);
  expect(violations([service('NodePort', [port('a', 1), port('b', 1, { protocol: 'UDP' })])])).toEqual([]);

  const container = (name: string, more: object) => ({ name, ...more });
  const pod = (containers: object[], more = {}) => ({
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers, ...more },
  });
  const ports = [{ name: 'a-name-that-is-too-long', containerPort: 1 }, { containerPort: 1 }];
  const env = [{ name: 'A' }, { name: 'A' }];
  const volumeMounts = [
    { name: 'v', mountPath: '/a' },
    { name: 'w', mountPath: '/a' },
  ];
  expect(
    violations([pod([container('c', { ports, env, volumeMounts })], { volumes: [{ name: 'v' }, { name: 'v' }] })]),
  ).toEqual([
    'Pod/p: volume v appears twice',
    'Pod/p: containerPort 1/TCP appears twice',
    'Pod/p: invalid port name a-name-that-is-too-long',
    'Pod/p: variable A appears twice',
    'Pod/p: mount /a appears twice',
    'Pod/p: no volume w',
  ]);
  const declares = (name: string, containerPort: number, hostPort?: number) =>
    container(name, { ports: [{ containerPort, hostPort }] });
  expect(violations([pod([declares('c', 1, 5), declares('d', 2, 5)])])).toEqual([
    'Pod/p: hostPort 5/TCP appears twice',
  ]);
  expect(violations([pod([declares('c', 1), declares('d', 1)], { hostNetwork: true })])).toEqual([
    'Pod/p: hostPort 1/TCP appears twice',
  ]);
  expect(violations([pod([declares('c', 1, 5)], { hostNetwork: true })])).toEqual(['Pod/p: hostPort 5 differs']);

  const monitor = (endpoints: object[]) => ({ kind: 'ServiceMonitor', metadata: { name: 'm' }, spec: { endpoints } });
  const both = service('ClusterIP', [port('a', 1), port('b', 2, { targetPort: 1 })]);
  expect(violations([both, monitor([{ port: 'a' }, { port: 'b' }, { port: 'c' }])])).toEqual([
    'ServiceMonitor/m: no port c',
    'ServiceMonitor/m: endpoint 1/metrics appears twice',
  ]);
  const policy = { kind: 'NetworkPolicy', metadata: { name: 'n' }, spec: { ingress: [{ ports: [] }] } };
  expect(violations([policy])).toEqual(['NetworkPolicy/n: a rule allows every port']);
});
