import { expect, test } from 'vitest';
import type { ActionSettings } from './action.ts';
import { compileActions } from './compile-actions.ts';

const nothing: ActionSettings = {
  key: '',
  action: '',
  value: undefined,
  defaultValue: undefined,
  fromAttribute: '',
  fromContext: '',
  pattern: '',
  convertedType: '',
};

const prefix = 'error creating AttrProc';
const withKey = `error with key "k" (0-th action): ${prefix}`;
const sources = 'Either field "value", "from_attribute", "from_context", or "default_value" must be specified';
const typeUnused = (action: string) =>
  `${withKey}. Action "${action}" does not use the "converted_type" field. This must not be specified`;

test.each<[Partial<ActionSettings>, string]>([
  [{ action: 'insert', value: 'v' }, `${prefix} due to missing required field "key" at the 0-th action`],
  [
    { action: 'DELETE' },
    `${prefix} due to missing required field (at least one of "key" and "pattern" have to be used) at the 0-th action`,
  ],
  [{ key: 'k' }, `${withKey} due to unsupported action ""`],
  [{ key: 'k', action: 'Foo' }, `${withKey} due to unsupported action "foo"`],
  [{ key: 'k', action: 'upsert' }, `${withKey}. ${sources}`],
  [{ key: 'k', action: 'update', value: 1n, fromAttribute: 'a' }, `${withKey} due to multiple value sources being set`],
  [
    { key: 'k', action: 'insert', value: '', pattern: 'x' },
    `${withKey}. Action "insert" does not use the "pattern" field. This must not be specified`,
  ],
  [{ key: 'k', action: 'insert', value: '', convertedType: 'int' }, typeUnused('insert')],
  [
    { key: 'k', action: 'hash', value: '' },
    `${withKey}. Action "hash" does not use "value" or "from_attribute" field. These must not be specified`,
  ],
  [{ key: 'k', action: 'delete', pattern: '(' }, `${withKey}. Field "pattern" has invalid pattern: "("`],
  [{ key: 'k', action: 'delete', convertedType: 'int' }, typeUnused('delete')],
  [
    { key: 'k', action: 'extract', fromContext: 'x' },
    `${withKey}. Action "extract" does not use a value source field. These must not be specified`,
  ],
  [{ key: 'k', action: 'extract' }, `${withKey} due to missing required field "pattern" for action "extract"`],
  [{ key: 'k', action: 'extract', pattern: 'a' }, `${withKey}. Field "pattern" contains no named matcher groups`],
  [
    { key: 'k', action: 'extract', pattern: '(?P<a>.)(.)' },
    `${withKey}. Field "pattern" contains at least one unnamed matcher group`,
  ],
  [{ key: 'k', action: 'extract', pattern: '(?P<a>.)', convertedType: 'int' }, typeUnused('extract')],
  [{ key: 'k', action: 'extract', pattern: '(?P<a>' }, `${withKey}. Field "pattern" has invalid pattern: "(?P<a>"`],
  [{ key: 'k', action: 'convert' }, `${withKey} due to missing required field "converted_type" for action "convert"`],
  [
    { key: 'k', action: 'convert', convertedType: 'bool' },
    `${withKey} due to invalid value "bool" in field "converted_type" for action "convert"`,
  ],
  [
    { key: 'k', action: 'convert', convertedType: 'int', pattern: 'x' },
    `${withKey}. Action "convert" does not use value sources or "pattern" field. These must not be specified`,
  ],
])("refuses %o with the Collector's message", (settings, message) => {
  expect(() => compileActions([{ ...nothing, ...settings }])).toThrow(new Error(message));
});

test('the message names the invalid action', () => {
  const good = { ...nothing, key: 'a', action: 'delete' };
  expect(() => compileActions([good, good, nothing])).toThrow('at the 2-th action');
});
