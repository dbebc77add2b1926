import { expect, test } from 'vitest';
import { stateDirectory } from './state-directory.ts';

test.each([
  ['root', { environment: { XDG_STATE_HOME: '/x' }, isRoot: true }, '/var/lib/pitot'],
  ['a user', { environment: { HOME: '/home/me' }, isRoot: false }, '/home/me/.local/state/pitot'],
  ['a user with XDG_STATE_HOME', { environment: { HOME: '/h', XDG_STATE_HOME: '/x' }, isRoot: false }, '/x/pitot'],
  // The specification: a relative path is invalid and is ignored.
  [
    'a relative XDG_STATE_HOME',
    { environment: { HOME: '/h', XDG_STATE_HOME: 'x' }, isRoot: false },
    '/h/.local/state/pitot',
  ],
  ['Windows', { environment: { LOCALAPPDATA: '/l' }, isRoot: false, platform: 'win32' as const }, '/l/pitot'],
])('the state directory of %s', (_, user, directory) => {
  expect(stateDirectory(user)).toBe(directory);
});
