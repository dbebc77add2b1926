import { featureGates } from '#config/feature-gates.ts';

/**
 * Returns the output of `featuregate`: a table, or one gate.
 * @throws Error if there is no such gate
 */
export function listGates(id: string | undefined): string {
  const gates = featureGates();
  if (id === undefined) {
    const rows = [
      ['ID', 'Enabled', 'Stage', 'Description'],
      ...gates.map((gate) => [gate.id, String(gate.enabled), gate.stage, gate.description]),
    ];
    const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)) + 2);
    return rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('')}\n`).join('');
  }
  const gate = gateNamed(id);
  const lines = [
    `Feature: ${gate.id}`,
    `Enabled: ${gate.enabled}`,
    `Stage: ${gate.stage}`,
    `Description: ${gate.description}`,
    `From Version: ${gate.fromVersion}`,
    'To Version: v<nil>',
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Returns one gate, or all, for JSON. @throws Error if there is no such gate */
export function gateForApi(id: string | undefined): object {
  return id === undefined ? featureGates() : gateNamed(id);
}

function gateNamed(id: string): ReturnType<typeof featureGates>[number] {
  const gate = featureGates().find((candidate) => candidate.id === id);
  if (!gate) throw new Error(`feature ${JSON.stringify(id)} not found`);
  return gate;
}
