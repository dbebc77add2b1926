import { type Engine, startPrometheus, startVictoriaMetrics } from '../../scripts/engines/engine.ts';
import { startThanos } from '../../scripts/engines/thanos.ts';

/** How to start an engine, and what it does with data. */
export interface EngineKind {
  readonly name: string;
  readonly start: () => Promise<Engine>;
  /** Path of Remote Write. */
  readonly writePath: string;
  /** Path of OTLP metrics. Absent if the engine does not receive them. */
  readonly otlpPath?: string;
  /** Whether it confirms what it has written of Remote Write 2.0. */
  readonly confirms2: boolean;
  readonly storesNativeHistograms: boolean;
  /** Path of a request after which queries see what was received. */
  readonly flushPath?: string;
}

/** A program that the environment names. @throws Error with what to run */
function program(variable: string): string {
  const file = process.env[variable];
  if (!file) throw new Error(`${variable} is not set: run scripts/receivers.sh`);
  return file;
}

export const engines: readonly EngineKind[] = [
  {
    name: 'the newest Prometheus',
    start: () => startPrometheus(program('PROMETHEUS')),
    writePath: '/api/v1/write',
    otlpPath: '/api/v1/otlp/v1/metrics',
    confirms2: true,
    storesNativeHistograms: true,
  },
  {
    name: 'VictoriaMetrics',
    start: () => startVictoriaMetrics(program('VICTORIA_METRICS')),
    writePath: '/api/v1/write',
    otlpPath: '/opentelemetry/v1/metrics',
    // It answers requests of version 2.0 with 204 and discards them.
    confirms2: false,
    storesNativeHistograms: false,
    flushPath: '/internal/force_flush',
  },
  {
    name: 'Thanos receive with a hashring of two',
    start: () => startThanos(program('THANOS')),
    writePath: '/api/v1/receive',
    // It stores requests of version 2.0, and does not confirm them.
    confirms2: false,
    storesNativeHistograms: true,
  },
];
