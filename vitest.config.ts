import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], extra = {}) => ({
  test: { name, include, testTimeout: 60_000, hookTimeout: 60_000, ...extra },
});

/** `unit` contains the tests in src, of contracts, and of documentation. Most other projects start real processes. */
export default defineConfig({
  test: {
    projects: [
      project('unit', ['src/**/*.test.ts', 'test/*.test.ts', 'test/contracts/**/*.test.ts']),
      project('fuzz', ['test/fuzz/**/*.test.ts']),
      project('conformance', ['test/conformance/**/*.test.ts']),
      project('e2e', ['test/e2e/**/*.test.ts', 'test/helm/**/*.test.ts', 'test/deploy/**/*.test.ts']),
      project('prometheus', ['test/prometheus/**/*.test.ts'], { testTimeout: 300_000, hookTimeout: 300_000 }),
      project('receivers', ['test/receivers/**/*.test.ts'], { testTimeout: 300_000, hookTimeout: 300_000 }),
      project('attack', ['test/attack/**/*.test.ts'], { testTimeout: 600_000, hookTimeout: 300_000 }),
      project('fuzz-process', ['test/fuzz-process/**/*.test.ts'], { testTimeout: 600_000, hookTimeout: 300_000 }),
      project('monitoring', ['test/monitoring/**/*.test.ts'], { testTimeout: 300_000, hookTimeout: 300_000 }),
      project('console', ['test/console/**/*.test.ts'], { testTimeout: 300_000, hookTimeout: 120_000 }),
      project('kill', ['test/kill/**/*.test.ts'], { testTimeout: 900_000 }),
    ],
  },
});
