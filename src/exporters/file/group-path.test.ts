import { expect, test } from 'vitest';
import { groupPath } from './group-path.ts';

test('paths are those of the Collector 0.165', () => {
  const f = (segment: string, file: string, inDirectory: string) => {
    expect(groupPath('/out/p-*.json', segment)).toBe(file);
    expect(groupPath('/out/d/*/x.json', segment)).toBe(inDirectory);
  };
  f('a', '/out/p-a.json', '/out/d/a/x.json');
  f('', '/out/p-.json', '/out/d/x.json');
  f('../esc', '/out/p-/esc.json', '/out/d/esc/x.json');
  f('../../esc2', '/out/p-/esc2.json', '/out/d/esc2/x.json');
  f('/abs', '/out/p-/abs.json', '/out/d/abs/x.json');
  f('x/y', '/out/p-x/y.json', '/out/d/x/y/x.json');
  f('./dot', '/out/p-/dot.json', '/out/d/dot/x.json');
  f('..', '/out/p-...json', '/out/d/x.json');
  f('.', '/out/p-..json', '/out/d/x.json');
  f('a/../../q', '/out/p-/q.json', '/out/d/q/x.json');
});
