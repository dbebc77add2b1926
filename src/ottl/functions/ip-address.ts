import { isIPv4, isIPv6 } from 'node:net';

/**
 * Returns the bytes of an address: 4 for an IPv4 address, including one written as part of an IPv6 address
 * (`::ffff:1.2.3.4`), otherwise 16. Undefined for a text that is not an address or has a zone.
 */
export function addressBytes(text: string): Buffer | undefined {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number));
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const groups = text.replace(/\d+\.\d+\.\d+\.\d+$/, (dotted) => {
    const [a, b, c, d] = dotted.split('.').map(Number) as [number, number, number, number];
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head = '', tail] = groups.split('::');
  const parse = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [parse(head), parse(tail ?? '')];
  const numbers = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  const bytes = Buffer.from(numbers.flatMap((number) => [number >> 8, number & 0xff]));
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return isMapped ? bytes.subarray(12) : bytes;
}

/** A network such as `10.0.0.0/8`. */
export interface Network {
  contains(address: Buffer): boolean;
}

/** Parses a network. Undefined for a text that is not a network. */
export function parseNetwork(text: string): Network | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  const base = match && addressBytes(match[1]!);
  if (!base) return undefined;
  // A mapped IPv4 address has the length of an IPv6 address here.
  const isMapped = base.length === 4 && match[1]!.includes(':');
  const bits = Number(match[2]) - (isMapped ? 96 : 0);
  if (bits < 0 || bits > base.length * 8) return undefined;
  return {
    contains: (address) => {
      if (address.length !== base.length) return false;
      const whole = bits >> 3;
      if (Buffer.compare(address.subarray(0, whole), base.subarray(0, whole)) !== 0) return false;
      const shift = 8 - (bits & 7);
      return (bits & 7) === 0 || address[whole]! >> shift === base[whole]! >> shift;
    },
  };
}
