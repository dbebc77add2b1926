/** Text that another type has in a fingerprint. A quote distinguishes strings with such a text, also after earlier quotes. */
const ambiguous = /^'*(?:-?\d+n|NaN|-?Infinity)$/;

/** Returns a text that is equal for two settings if and only if the settings are equal. */
export function fingerprintOf(settings: unknown): string {
  return JSON.stringify(settings, (_, value: unknown) => {
    if (typeof value === 'string') return ambiguous.test(value) ? `'${value}` : value;
    if (typeof value === 'bigint') return `${value}n`;
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  });
}
