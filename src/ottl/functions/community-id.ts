import { createHash } from 'node:crypto';
import { OttlError } from '../ottl-error.ts';
import { int, optional, text } from '../parameters.ts';
import { converter } from './define.ts';
import { addressBytes } from './ip-address.ts';

const protocols: Readonly<Record<string, number>> = { ICMP: 1, TCP: 6, UDP: 17, RSVP: 46, ICMP6: 58, SCTP: 132 };

interface End {
  readonly address: Buffer;
  readonly port: number;
}

/** The Community ID of a flow (Corelight's specification, version 1), which is the same for both directions. */
export const communityId = converter(
  {
    source_ip: text,
    source_port: int,
    destination_ip: text,
    destination_port: int,
    protocol: optional(text),
    seed: optional(int),
  },
  (args) => (context) => {
    const ends = [
      endOf('source', args.source_ip(context), args.source_port(context)),
      endOf('destination', args.destination_ip(context), args.destination_port(context)),
    ].sort(order);
    const protocol = args.protocol?.(context) ?? 'TCP';
    if (!Object.hasOwn(protocols, protocol)) throw new OttlError(`unsupported protocol: ${protocol}`);
    const seed = args.seed?.(context) ?? 0n;
    if (seed < 0n || seed > 65535n) throw new OttlError(`seed must be between 0 and 65535, got ${seed}`);
    const [first, second] = ends as [End, End];
    const flow = Buffer.concat([
      uint16(Number(seed)),
      first.address,
      second.address,
      Buffer.of(protocols[protocol]!, 0),
      uint16(first.port),
      uint16(second.port),
    ]);
    return `1:${createHash('sha1').update(flow).digest('base64')}`;
  },
);

function endOf(name: string, ip: string, port: bigint): End {
  if (port < 0n || port > 65535n) throw new OttlError(`${name} port must be between 0 and 65535, got ${port}`);
  const address = addressBytes(ip);
  if (!address) throw new OttlError(`invalid ${name} IP: ${ip}`);
  return { address, port: Number(port) };
}

function order(a: End, b: End): number {
  return a.address.length - b.address.length || Buffer.compare(a.address, b.address) || a.port - b.port;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
