import { expect, test } from 'vitest';
import type { AnyValue } from '#pdata/attributes.ts';
import { attributes, resource } from '../../../test/support/pdata.ts';
import { attributesWithout, identifyResource } from './target-identity.ts';

const of = (values: Record<string, AnyValue>, ...process: string[]) =>
  identifyResource(resource(values), new Set(process));

test('job is the namespace and the name, instance the id, as texts', () => {
  expect(of({ 'service.name': 'a' })).toMatchObject({ job: 'a', instance: undefined });
  expect(of({ 'service.name': 'a', 'service.namespace': 'n', 'service.instance.id': 5n })).toMatchObject({
    job: 'n/a',
    instance: '5',
  });
  expect(of({ 'service.namespace': 'n' })).toMatchObject({ job: undefined, instance: undefined });
  expect(of({ 'service.name': '', 'service.namespace': '' })).toMatchObject({ job: '/' });
});

test('job and instance alone distinguish targets, including absent ones', () => {
  const keys = [
    {},
    { 'service.name': '' },
    { 'service.name': 'a' },
    { 'service.name': 'a', 'service.instance.id': '' },
    { 'service.instance.id': 'a' },
  ].map((values) => of(values as Record<string, AnyValue>).targetKey);
  expect(new Set(keys).size).toBe(keys.length);
  expect(of({ 'service.name': 'a', host: 'x' }).targetKey).toBe(of({ 'service.name': 'a', host: 'y' }).targetKey);
});

test('the first value of a repeated key applies', () => {
  const twice = {
    ...resource(),
    attributes: attributes([
      ['service.name', 'a'],
      ['service.name', 'b'],
    ]),
  };
  expect(identifyResource(twice, new Set()).job).toBe('a');
});

test('process attributes identify the process in any order, and are not used for job and instance', () => {
  const process = ['service.instance.id', 'pid'];
  const first = of({ 'service.name': 'a', 'service.instance.id': 'i', pid: 1n }, ...process);
  expect(first).toMatchObject({ job: 'a', instance: undefined });
  expect(of({ pid: 1n, 'service.instance.id': 'i', 'service.name': 'a' }, ...process)).toEqual(first);
  expect(of({ 'service.name': 'a', 'service.instance.id': 'i', pid: 2n }, ...process).process).not.toBe(first.process);
  expect(of({ 'service.name': 'a' }, ...process).process).toBe('');
});

test('attributes without some of them', () => {
  const given = attributes({ a: '1', b: '2' });
  expect(attributesWithout(given, new Set())).toBe(given.entries);
  expect(attributesWithout(given, new Set(['a', 'x'])).map(({ key }) => key)).toEqual(['b']);
});
