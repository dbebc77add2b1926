import type { AnyValue } from '#pdata/attributes.ts';
import { OttlError } from '../ottl-error.ts';
import { any, type Of, type Parameter } from '../parameters.ts';
import { goType, isArray, isMap, isSlice, type OttlValue, valueAt } from '../value.ts';
import { converter } from './define.ts';

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  '2xx': [200n, 299n],
  '3xx': [300n, 399n],
  '4xx': [400n, 499n],
  '5xx': [500n, 599n],
};

interface Criterion {
  readonly texts: readonly AnyValue[];
  readonly range: readonly [bigint, bigint] | undefined;
}

/** Criteria by level. Same as in the Collector, an error in a mapping appears when the mapping is used. */
type Mapping = ReadonlyMap<string, readonly Criterion[]>;

const mapping: Parameter<Of<Mapping>> = {
  read: ({ value }) => {
    const { constant } = value();
    try {
      const found = mappingOf(constant?.value);
      return () => found;
    } catch (error) {
      return () => {
        throw error;
      };
    }
  },
};

function mappingOf(value: OttlValue): Mapping {
  if (!isMap(value)) throw new OttlError('severity mapping must be a literal PMap');
  return new Map(
    value.entries.map(({ key, value: criteria }) => {
      if (!isList(criteria)) throw new OttlError('severity mapping criteria must be []any');
      return [key, criteria.values.map(criterionOf)];
    }),
  );
}

function isList(value: OttlValue): value is Extract<AnyValue, { kind: 'array' }> {
  return isArray(value) || isSlice(value);
}

function criterionOf(value: OttlValue): Criterion {
  if (!isMap(value)) throw new OttlError('severity mapping criteria items must be map[string]any');
  const fail = (problem: string): never => {
    throw new OttlError(`invalid severity mapping criteria: ${problem}`);
  };
  const equals = value.entries.find(({ key }) => key === 'equals');
  if (equals && !isList(equals.value)) fail('equals must be a list');
  const texts = equals && isList(equals.value) ? equals.value.values : [];
  if (!texts.every((text) => typeof text === 'string')) fail('equals values must be strings');
  const range = value.entries.find(({ key }) => key === 'range')?.value;
  if (range === undefined) return { texts, range: undefined };
  if (typeof range === 'string') {
    return { texts, range: ranges[range] ?? fail(`unknown range placeholder: ${range}`) };
  }
  if (!isMap(range)) return fail('range must be a map or a known placeholder string');
  const [min, max] = [valueAt(range, 'min'), valueAt(range, 'max')];
  if (min === undefined || max === undefined) return fail('range must have a min value and a max value');
  if (typeof min !== 'bigint' || typeof max !== 'bigint') return fail('min and max must be an int64');
  return { texts, range: [min, max] };
}

/** Returns the level whose criteria match a text or a number. */
export const parseSeverity = converter({ target: any, mapping }, ({ target, mapping: levels }) => (context) => {
  const mapped = levels(context);
  const value = target(context);
  if (typeof value !== 'string' && typeof value !== 'bigint') {
    throw new OttlError(`could not map log level: unsupported value type: ${goType(value)}`);
  }
  for (const [level, criteria] of mapped) {
    const isMatch = criteria.some(({ texts, range }) =>
      typeof value === 'string' ? texts.includes(value) : range && value >= range[0] && value <= range[1],
    );
    if (isMatch) return level;
  }
  throw new OttlError(`could not map log level: no matching log level found for value '${value}'`);
});
