import { expect, test } from 'vitest';
import { type Flag, parseArguments } from './parse-arguments.ts';

const flags: readonly Flag[] = [
  { name: 'config', value: 'uri', help: '' },
  { name: 'help', short: 'h', help: '' },
  { name: 'version', short: 'v', help: '' },
  {
    name: 'set',
    value: 'value',
    help: '',
    check: (text) => {
      if (!text.includes('=')) throw new Error('missing equal sign');
    },
  },
];

/** `name=value` of every flag in order of the flags, then the operands. */
function parsed(line: string): string {
  const { flags: values, operands } = parseArguments(line === '' ? [] : line.split(' '), flags);
  return [...[...values].flatMap(([name, all]) => all.map((value) => `${name}=${value}`)), ...operands].join(' ');
}

test('flags and operands, GNU style', () => {
  const f = (line: string, want: string) => expect(parsed(line)).toBe(want);
  f('', '');
  f('--config a', 'config=a');
  f('--config=a', 'config=a');
  f('--config=', 'config=');
  f('--config=a=b', 'config=a=b');
  f('--config --set', 'config=--set');
  f('--config a --config b', 'config=a config=b');
  f('-h', 'help=');
  f('-hv', 'help= version=');
  f('x --help y', 'help= x y');
  f('-- --config', '--config');
  f('-', '-');
  f('--set a=b', 'set=a=b');
});

test("refuses invalid arguments with the Collector's message", () => {
  const f = (line: string, message: string) => expect(() => parsed(line)).toThrow(message);
  f('--nope', 'unknown flag: --nope');
  f('--nope=1', 'unknown flag: --nope');
  f('--config', 'flag needs an argument: --config');
  f('-x', "unknown shorthand flag: 'x' in -x");
  f('-config=a', "unknown shorthand flag: 'c' in -config=a");
  f('--=a', 'bad flag syntax: --=a');
  f('--set foo', 'invalid argument "foo" for "--set" flag: missing equal sign');
});
