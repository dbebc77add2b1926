import { RE2JS } from 're2js';
import type { ActionSettings, AttributeAction, ConvertedType } from './action.ts';

/**
 * Validates and compiles actions.
 * @throws Error with the Collector's message for the first invalid one
 */
export function compileActions(settings: readonly ActionSettings[]): AttributeAction[] {
  return settings.map((action, index) => compileAction(action, index));
}

function compileAction(settings: ActionSettings, index: number): AttributeAction {
  const action = settings.action.toLowerCase();
  const { key } = settings;
  const position = `at the ${index}-th action`;
  if (action === 'delete' || action === 'hash') {
    if (key === '' && settings.pattern === '') {
      const fields = '(at least one of "key" and "pattern" have to be used)';
      throw new Error(`error creating AttrProc due to missing required field ${fields} ${position}`);
    }
  } else if (key === '') {
    throw new Error(`error creating AttrProc due to missing required field "key" ${position}`);
  }
  const refuse = (problem: string): never => {
    throw new Error(`error with key "${key}" (${index}-th action): error creating AttrProc${problem}`);
  };
  const compiler = { settings, action, refuse };
  switch (action) {
    case 'insert':
    case 'update':
    case 'upsert':
      return { action, key, source: valueSource(compiler) };
    case 'delete':
    case 'hash':
      return { action, key, pattern: keyPattern(compiler) };
    case 'extract':
      return { action, key, ...extraction(compiler) };
    case 'convert':
      return { action, key, to: conversion(compiler) };
    default:
      return refuse(` due to unsupported action "${action}"`);
  }
}

interface Compiler {
  readonly settings: ActionSettings;
  /** In lower case. */
  readonly action: string;
  readonly refuse: (problem: string) => never;
}

const mustNot = 'This must not be specified';
const mustNotBe = 'These must not be specified';

function sourceCount({ value, fromAttribute, fromContext }: ActionSettings): number {
  return (value === undefined ? 0 : 1) + (fromAttribute === '' ? 0 : 1) + (fromContext === '' ? 0 : 1);
}

function refuseConvertedType({ settings, action, refuse }: Compiler): void {
  if (settings.convertedType === '') return;
  refuse(`. Action "${action}" does not use the "converted_type" field. ${mustNot}`);
}

function valueSource(compiler: Compiler): ActionSettings {
  const { settings, action, refuse } = compiler;
  if (sourceCount(settings) === 0 && settings.defaultValue === undefined) {
    refuse('. Either field "value", "from_attribute", "from_context", or "default_value" must be specified');
  }
  if (sourceCount(settings) > 1) refuse(' due to multiple value sources being set');
  if (settings.pattern !== '') refuse(`. Action "${action}" does not use the "pattern" field. ${mustNot}`);
  refuseConvertedType(compiler);
  return settings;
}

function keyPattern(compiler: Compiler): RE2JS | undefined {
  const { settings, action, refuse } = compiler;
  if (settings.value !== undefined || settings.fromAttribute !== '') {
    refuse(`. Action "${action}" does not use "value" or "from_attribute" field. ${mustNotBe}`);
  }
  const pattern = settings.pattern === '' ? undefined : compilePattern(compiler);
  refuseConvertedType(compiler);
  return pattern;
}

function extraction(compiler: Compiler): { pattern: RE2JS; groups: readonly string[] } {
  const { settings, action, refuse } = compiler;
  if (sourceCount(settings) > 0) refuse(`. Action "${action}" does not use a value source field. ${mustNotBe}`);
  if (settings.pattern === '') refuse(` due to missing required field "pattern" for action "${action}"`);
  refuseConvertedType(compiler);
  const pattern = compilePattern(compiler);
  if (pattern.groupCount() === 0) refuse('. Field "pattern" contains no named matcher groups');
  const names = new Map(Object.entries(pattern.namedGroups()).map(([name, group]) => [group, name]));
  const groups = Array.from({ length: pattern.groupCount() }, (_, group) => names.get(group + 1) ?? '');
  if (groups.includes('')) refuse('. Field "pattern" contains at least one unnamed matcher group');
  return { pattern, groups };
}

function conversion({ settings, action, refuse }: Compiler): ConvertedType {
  const { convertedType, pattern } = settings;
  if (sourceCount(settings) > 0 || pattern !== '') {
    refuse(`. Action "${action}" does not use value sources or "pattern" field. ${mustNotBe}`);
  }
  if (convertedType === '') refuse(` due to missing required field "converted_type" for action "${action}"`);
  if (convertedType !== 'string' && convertedType !== 'int' && convertedType !== 'double') {
    return refuse(` due to invalid value "${convertedType}" in field "converted_type" for action "${action}"`);
  }
  return convertedType;
}

function compilePattern({ settings: { pattern }, refuse }: Compiler): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return refuse(`. Field "pattern" has invalid pattern: "${pattern}"`);
  }
}
