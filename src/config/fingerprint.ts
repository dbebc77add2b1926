/** A text that two settings have in common exactly when they are the same. */
export function fingerprintOf(settings: unknown): string {
  return JSON.stringify(settings, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  });
}
