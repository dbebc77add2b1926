import { describe, expect, test } from 'vitest';
import { isNetworkName, searchDomainsOf } from './cluster-names.ts';

const machine = { hostname: 'laptop', searchDomains: [] };
const pod = {
  hostname: 'otel-collector-0',
  searchDomains: ['airflow.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'ec2.example.com'],
};

describe('a machine', () => {
  test.each([
    'localhost',
    'a.localhost',
    'pitot',
    'otel_collector',
    'laptop',
    'host.docker.internal',
    'printer.localdomain',
  ])('%s is a name of the network', (name) => expect(isNetworkName(name, machine)).toBe(true));
  test.each([
    'evil.test',
    'localhost.evil.test',
    'svc.evil.test',
    'collector.airflow',
    'cluster.local.evil.test',
    'a..svc',
    '.svc',
    '',
  ])('%s is none', (name) => expect(isNetworkName(name, machine)).toBe(false));
});

describe('a pod', () => {
  test.each([
    'otel-collector',
    'otel-collector.airflow',
    'otel-collector.airflow.svc',
    'otel-collector.other.svc',
    'otel-collector.airflow.svc.cluster.local',
    '10-1-2-3.airflow.pod.cluster.local',
    'node-1.ec2.example.com',
  ])('%s is a name of the cluster', (name) => expect(isNetworkName(name, pod)).toBe(true));
  test.each(['evil.test', 'otel-collector.other', 'a.b.airflow', 'example.com', 'airflow.svc.cluster.local.evil.test'])(
    '%s is none',
    (name) => expect(isNetworkName(name, pod)).toBe(false),
  );
});

test('the last list of search domains applies, and domains without a dot are ignored', () => {
  expect(
    searchDomainsOf('nameserver 10.0.0.10\nsearch airflow.svc.Cluster.Local. com local\noptions ndots:5\n'),
  ).toEqual(['airflow.svc.cluster.local']);
  expect(searchDomainsOf('search a.b\ndomain corp.example\n')).toEqual(['corp.example']);
  expect(searchDomainsOf('')).toEqual([]);
});
