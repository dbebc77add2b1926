import { expect, test } from 'vitest';
import { queryParameters } from './query.ts';

test.each([
  ['', []],
  ['a', [['a', '']]],
  [
    'a=b&c=d&a=e',
    [
      ['a', 'b'],
      ['c', 'd'],
      ['a', 'e'],
    ],
  ],
  [
    'name%5B%5D=x+y&n=%c3%a9',
    [
      ['name[]', 'x y'],
      ['n', 'é'],
    ],
  ],
  ['a=b;c=d', []],
  ['a=%zz&b=1&%=2&c=%4', [['b', '1']]],
  [
    'a=b=c&&=d',
    [
      ['a', 'b=c'],
      ['', 'd'],
    ],
  ],
])('%s', (query, parameters) => {
  expect(queryParameters(query)).toEqual(parameters);
});
