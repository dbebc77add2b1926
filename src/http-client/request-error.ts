/** Errors of connections: what undici and Node.js attach. */
interface NetworkError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly hostname?: string;
  readonly address?: string;
  readonly port?: number;
  readonly errors?: readonly Error[];
  readonly cause?: unknown;
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
  EPIPE: 'broken pipe',
};

/** Returns the reason why a request failed, in Go's words where there are some: `dial tcp 127.0.0.1:1: connect: connection refused`. */
export function networkReason(error: unknown): string {
  const { code = '', syscall, hostname, address, port, errors, message, cause } = error as NetworkError;
  // A name with several addresses: the first attempt is as good as any.
  if (errors?.[0]) return networkReason(errors[0]);
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${hostname}: no such host`;
  if (code === 'EAI_AGAIN') return `dial tcp: lookup ${hostname}: server misbehaving`;
  if (code === 'UND_ERR_SOCKET') return cause === undefined ? 'EOF' : networkReason(cause);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return `dial tcp: i/o timeout`;
  const reason = words[code];
  if (reason === undefined) return message || code || 'unknown error';
  if (syscall === 'connect' && address !== undefined) {
    const host = address.includes(':') ? `[${address}]` : address;
    return `dial tcp ${host}:${port}: connect: ${reason}`;
  }
  return `${syscall ?? 'read'}: ${reason}`;
}
