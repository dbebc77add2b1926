import { describe, expect, test } from 'vitest';
import { withTerminalConsole } from './terminal-console.ts';

const added = { 'console/terminal': { endpoint: 'localhost:8890', try_ports: 20 } };

describe('the console of a terminal', () => {
  test('is added to a configuration without one', () => {
    expect(withTerminalConsole({ service: { pipelines: {} } })).toEqual({
      extensions: added,
      service: { pipelines: {}, extensions: ['console/terminal'] },
    });
    expect(
      withTerminalConsole({ extensions: { health_check: null }, service: { extensions: ['health_check'] } }),
    ).toEqual({
      extensions: { health_check: null, ...added },
      service: { extensions: ['health_check', 'console/terminal'] },
    });
  });

  test.each([
    [{ service: { extensions: ['console'] } }],
    [{ service: { extensions: ['console/mine'] } }],
    [{}],
    [{ service: 'wrong' }],
    [{ service: { extensions: 'wrong' } }],
    [{ extensions: [], service: {} }],
  ])('does not change %j', (raw) => {
    expect(withTerminalConsole(raw as never)).toBe(raw);
  });
});
