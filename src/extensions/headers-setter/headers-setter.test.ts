import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { ManualClock } from '../../../test/support/component-settings.ts';
import { headersSetterConfig } from './config.ts';
import { HeadersSetter } from './headers-setter.ts';

const client = {
  ...noClientContext,
  metadata: new Map([
    ['tenant', ['a']],
    ['many', ['a', 'b']],
  ]),
  auth: new Map([['username', 'me']]),
};

async function changes(headers: object[], extra: object = {}, extension?: object) {
  const parsed = parseConfig(headersSetterConfig, { headers, ...extra });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const made = new HeadersSetter(parsed.value, new ManualClock());
  await made.start({ extension: () => extension as never, fatal: () => undefined });
  const sent = new Map([['x-old', 'old']]);
  return Object.fromEntries(await made.requestHeaders({ client, headers: sent }));
}

test('values come from the configuration, the metadata of the client, or its authentication', async () => {
  expect(
    await changes([
      { key: 'X-Fixed', value: 'v' },
      { key: 'X-Tenant', from_context: 'Tenant' },
      { key: 'X-User', from_attribute: 'username' },
      { key: 'X-None', from_context: 'none', default_value: 'd' },
      { key: 'X-Empty', from_context: 'none' },
    ]),
  ).toEqual({ 'X-Fixed': 'v', 'X-Tenant': 'a', 'X-User': 'me', 'X-None': 'd', 'X-Empty': '' });
  await expect(changes([{ key: 'X', from_context: 'many' }])).rejects.toThrow('2 source keys found in the context');
});

test('actions depend on whether the header is present', async () => {
  const value = 'new';
  expect(
    await changes([
      { key: 'X-Old', action: 'insert', value },
      { key: 'X-New', action: 'update', value },
    ]),
  ).toEqual({});
  expect(
    await changes([
      { key: 'X-Old', action: 'update', value },
      { key: 'X-New', action: 'insert', value },
    ]),
  ).toEqual({ 'X-Old': 'new', 'X-New': 'new' });
  expect(await changes([{ key: 'X-Old', action: 'delete' }])).toEqual({ 'X-Old': undefined });
});

test('another authenticator is applied first', async () => {
  const extension = { requestHeaders: () => new Map([['authorization', 'Bearer x']]) };
  const extra = { additional_auth: 'other' };
  expect(await changes([{ key: 'X', value: 'v' }], extra, extension)).toEqual({ authorization: 'Bearer x', X: 'v' });
  expect(await changes([{ key: 'Authorization', value: 'mine' }], extra, extension)).toEqual({ Authorization: 'mine' });
});

test.each([
  [{}, 'missing headers configuration'],
  [{ headers: [{ value: 'v' }] }, 'missing header name'],
  [{ headers: [{ key: 'k' }] }, "missing header source, must be 'from_context', 'from_attribute' or 'value'"],
  [
    { headers: [{ key: 'k', value: 'v', from_context: 'c' }] },
    "invalid header source, must either 'from_context', 'from_attribute' or 'value'",
  ],
])('refuses %j', (raw, problem) => {
  const parsed = parseConfig(headersSetterConfig, raw);
  expect(parsed.ok && validateConfig(headersSetterConfig, parsed.value).map(({ message }) => message)).toEqual([
    problem,
  ]);
});

test('a value in a file is read at the start, and again when the file changes', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'token');
  writeFileSync(file, 'one\n');
  const parsed = parseConfig(headersSetterConfig, { headers: [{ key: 'X', value_file: file }] });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  expect(validateConfig(headersSetterConfig, parsed.value)).toEqual([]);
  const clock = new ManualClock();
  const made = new HeadersSetter(parsed.value, clock);
  await made.start({ extension: () => undefined, fatal: () => undefined });
  const value = async () => (await made.requestHeaders({ client, headers: new Map() })).get('X');
  expect(await value()).toBe('one');
  writeFileSync(file, 'another');
  clock.advance(2000);
  expect(await value()).toBe('another');
  await expect(changes([{ key: 'X', value_file: `${file}.none` }])).rejects.toThrow('no such file or directory');
});
