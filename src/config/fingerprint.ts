/** Returns a text that is equal for two settings if and only if the settings are equal. */
export function fingerprintOf(settings: unknown): string {
  return JSON.stringify(settings, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  });
}
