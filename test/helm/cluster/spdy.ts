/**
 * The server side of SPDY 3.1, as far as `kubectl port-forward` and `kubectl exec` need it: streams with headers, in both directions,
 * without flow control.
 */
import { Duplex } from 'node:stream';
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';

/** Strings that both sides know before the first header, each after its length, and then a text. Defined by SPDY 3. */
const words =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status 200~OK version HTTP/1.1 url public set-cookie keep-alive origin';
const rest =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.';
const dictionary = Buffer.concat([
  ...words.split(' ').map((word) => lengthPrefixed(word.replace('~', ' '))),
  Buffer.from(rest),
]);

const frame = { synStream: 1, synReply: 2, reset: 3, ping: 6, goAway: 7 } as const;
const fin = 1;

/** A stream of the client. */
export interface SpdyStream extends Duplex {
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers an upgrade request, and passes every stream of the client to `onStream`. */
export function acceptSpdy(socket: Duplex, protocol: string, onStream: (stream: SpdyStream) => void): void {
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  );
  const [deflate, inflate] = [createDeflate({ dictionary }), createInflate({ dictionary })];
  const streams = new Map<number, Duplex>();
  const write = (kind: number, flags: number, payload: Buffer) => socket.write(controlFrame(kind, flags, payload));
  let work = Promise.resolve();
  let pending = Buffer.alloc(0);

  async function handle(head: Buffer, payload: Buffer): Promise<void> {
    const flags = head[4]!;
    if ((head[0]! & 0x80) === 0) {
      const stream = streams.get(head.readUInt32BE(0));
      if (payload.length > 0) stream?.push(payload);
      if (flags & fin) stream?.push(null);
      return;
    }
    const kind = head.readUInt16BE(2);
    if (kind === frame.ping) write(frame.ping, 0, payload);
    if (kind === frame.reset) streams.get(payload.readUInt32BE(0))?.destroy();
    if (kind !== frame.synStream) return;
    const id = payload.readUInt32BE(0);
    const headers = parseHeaders(await flushed(inflate, payload.subarray(10)));
    // No headers.
    const block = await flushed(deflate, uint32(0));
    write(frame.synReply, 0, Buffer.concat([uint32(id), block]));
    const stream = Object.assign(streamOf(socket, id), { headers });
    streams.set(id, stream);
    if (flags & fin) stream.push(null);
    onStream(stream);
  }

  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 8) {
      const end = 8 + pending.readUIntBE(5, 3);
      if (pending.length < end) break;
      const [head, payload] = [pending.subarray(0, 8), pending.subarray(8, end)];
      pending = pending.subarray(end);
      work = work.then(() => handle(head, payload));
    }
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    for (const stream of streams.values()) stream.destroy();
  });
}

function streamOf(socket: Duplex, id: number): Duplex {
  const dataFrame = (flags: number, payload: Buffer) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(id, 0);
    head[4] = flags;
    head.writeUIntBE(payload.length, 5, 3);
    return Buffer.concat([head, payload]);
  };
  return new Duplex({
    read() {},
    write(chunk: Buffer, _, done) {
      socket.write(dataFrame(0, chunk), () => done());
    },
    final(done) {
      socket.write(dataFrame(fin, Buffer.alloc(0)), () => done());
    },
  }).on('error', () => {});
}

function controlFrame(kind: number, flags: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(0x8003, 0);
  head.writeUInt16BE(kind, 2);
  head[4] = flags;
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}

/** Passes one block through a compression that lasts as long as the connection. */
function flushed(coder: Deflate | Inflate, block: Buffer): Promise<Buffer> {
  return new Promise((done, fail) => {
    const parts: Buffer[] = [];
    const collect = (part: Buffer) => parts.push(part);
    coder.once('error', fail).on('data', collect);
    coder.write(block, () =>
      coder.flush(constants.Z_SYNC_FLUSH, () => {
        coder.off('data', collect).off('error', fail);
        done(Buffer.concat(parts));
      }),
    );
  });
}

function parseHeaders(block: Buffer): Record<string, string> {
  let offset = 4;
  const next = () => {
    const start = offset + 4;
    offset = start + block.readUInt32BE(offset);
    return block.toString('utf8', start, offset);
  };
  return Object.fromEntries(Array.from({ length: block.readUInt32BE(0) }, () => [next().toLowerCase(), next()]));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function lengthPrefixed(word: string): Buffer {
  return Buffer.concat([uint32(word.length), Buffer.from(word)]);
}
